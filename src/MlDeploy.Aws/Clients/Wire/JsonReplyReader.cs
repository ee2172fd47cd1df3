using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>
/// JSON replies. Whatever is not asked for is passed over, null is absent, numbers and times may be text;
/// a required member that is missing is a <see cref="FormatException"/>.
/// </summary>
internal sealed class JsonReplyReader(Shapes shapes, bool camelCase)
{
    private static readonly JsonDocumentOptions Bounds = new() { MaxDepth = 64 };

    public static JsonDocument Parse(byte[] body) => JsonDocument.Parse(body, Bounds);

    public object Read(byte[] body, Type response)
    {
        var shape = shapes.Structure(response);
        if (shape.Members.Count == 0)
        {
            return shape.Create();
        }

        using var document = Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
        return Structure("reply", document.RootElement, shape);
    }

    private object Structure(string at, JsonElement element, StructureShape shape)
    {
        Expect(at, element, JsonValueKind.Object);
        var structure = shape.Create();
        foreach (var member in shape.Members)
        {
            var name = member.WireName(camelCase);
            if (element.TryGetProperty(name, out var child) && child.ValueKind != JsonValueKind.Null)
            {
                member.Property.SetValue(structure, Value(name, child, member.Shape));
            }
            else if (member.Required)
            {
                throw new FormatException($"the reply's {at} has no {name}");
            }
        }

        return structure;
    }

    private object Value(string at, JsonElement element, Shape shape) => shape switch
    {
        ScalarShape scalar => Scalar(at, element, scalar.Kind),
        ListShape list => list.Maker.Make(Expect(at, element, JsonValueKind.Array).EnumerateArray().Where(Present).Select(item => Value(at, item, list.Element))),
        MapShape map => map.Maker.Make(
            Expect(at, element, JsonValueKind.Object).EnumerateObject().Where(pair => Present(pair.Value)).Select(pair => KeyValuePair.Create(pair.Name, Value(pair.Name, pair.Value, map.Value)))),
        StructureShape structure => Structure(at, element, structure),
        _ => throw new InvalidOperationException($"{shape} is not read from JSON"),
    };

    private static bool Present(JsonElement element) => element.ValueKind != JsonValueKind.Null;

    private static object Scalar(string at, JsonElement element, ScalarKind kind)
    {
        try
        {
            return (element.ValueKind, kind) switch
            {
                (JsonValueKind.String, _) => ScalarText.Read(kind, element.GetString()!),
                (JsonValueKind.Number, ScalarKind.Time) => ScalarText.Time(element.GetDouble()),
                (JsonValueKind.Number, ScalarKind.Real) => element.GetDouble(),
                (JsonValueKind.Number, ScalarKind.Integer) => checked((int)element.GetDecimal()),
                (JsonValueKind.Number, ScalarKind.Long) => checked((long)element.GetDecimal()),
                (JsonValueKind.Number, ScalarKind.Text) => element.GetRawText(),
                (JsonValueKind.Object, ScalarKind.Document) => JsonObject.Create(element.Clone())!,
                (JsonValueKind.True or JsonValueKind.False, ScalarKind.Boolean) => element.GetBoolean(),
                _ => throw new FormatException($"{element.ValueKind} is not a {kind}"),
            };
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            throw new FormatException($"the reply's {at} is not a {kind}", unreadable);
        }
    }

    private static JsonElement Expect(string at, JsonElement element, JsonValueKind kind) => element.ValueKind == kind
        ? element
        : throw new FormatException($"the reply's {at} is a {element.ValueKind}, not a {kind}");
}
