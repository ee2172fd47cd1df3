using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Specs.Aws.Clients;

/// <summary>
/// A request with every member filled, no two alike, and the same as plain JSON by property names,
/// for another program to write in its own way.
/// </summary>
internal sealed class Samples(Shapes shapes)
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 3, 4, 5, TimeSpan.Zero);
    private int count;

    public (object Value, JsonNode Plain) Of(Type type) => Of(shapes.Structure(type));

    private (object Value, JsonNode Plain) Of(Shape shape)
    {
        count++;
        switch (shape)
        {
            case StructureShape structure:
                var made = structure.Create();
                var plain = new JsonObject();
                foreach (var member in structure.Members)
                {
                    var (value, its) = Of(member.Shape);
                    member.Property.SetValue(made, value);
                    plain[member.Name] = its;
                }

                return (made, plain);
            case ListShape list:
                var items = new[] { Of(list.Element), Of(list.Element) };
                return (list.Maker.Make(items.Select(item => item.Value)), new JsonArray([.. items.Select(item => item.Plain)]));
            case MapShape map:
                var one = Of(map.Value);
                var key = $"key {count}";
                return (map.Maker.Make([KeyValuePair.Create(key, one.Value)]), new JsonObject { [key] = one.Plain });
            case ScalarShape scalar:
                return Scalar(scalar.Kind);
            default:
                throw new InvalidOperationException($"no sample of {shape}");
        }
    }

    private (object Value, JsonNode Plain) Scalar(ScalarKind kind)
    {
        // Characters that each encoding must treat: reserved in forms, escapes of JSON, beyond ASCII.
        var text = $"v{count} +&=%/\"<ü";
        return kind switch
        {
            ScalarKind.Text => (text, text),
            ScalarKind.Integer => (count, count),
            ScalarKind.Long => (3_000_000_000L + count, 3_000_000_000L + count),
            ScalarKind.Real => (count + 0.25, count + 0.25),
            ScalarKind.Boolean => (count % 2 == 0, count % 2 == 0),
            ScalarKind.Time => (Start.AddSeconds(count), $"{Start.AddSeconds(count):yyyy-MM-ddTHH:mm:ssZ}"),
            ScalarKind.Document => (new JsonObject { ["family"] = text }, new JsonObject { ["family"] = text }),
            _ => throw new InvalidOperationException($"no sample of {kind}"),
        };
    }
}
