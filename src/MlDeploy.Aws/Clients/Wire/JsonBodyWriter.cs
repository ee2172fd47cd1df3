using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>The JSON body of a request; times are seconds since 1970.</summary>
internal sealed class JsonBodyWriter(Shapes shapes, bool camelCase)
{
    /// <param name="belongs">Whether a member of the request itself goes in the body, or elsewhere.</param>
    public byte[] Write(object request, Func<ShapeMember, bool>? belongs = null)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            var shape = shapes.Structure(request.GetType());
            if (shape.Members is [{ IsBody: true } whole])
            {
                Value(json, whole.Shape, whole.ValueOf(request)!);
            }
            else
            {
                Structure(json, shape, request, belongs);
            }
        }

        return body.ToArray();
    }

    private void Value(Utf8JsonWriter json, Shape shape, object value)
    {
        switch (shape)
        {
            case ScalarShape scalar:
                Scalar(json, scalar.Kind, value);
                break;
            case ListShape list:
                json.WriteStartArray();
                foreach (var item in list.Maker.Items(value))
                {
                    Value(json, list.Element, item);
                }

                json.WriteEndArray();
                break;
            case MapShape map:
                json.WriteStartObject();
                foreach (var (key, item) in map.Maker.Items(value))
                {
                    json.WritePropertyName(key);
                    Value(json, map.Value, item);
                }

                json.WriteEndObject();
                break;
            case StructureShape structure:
                Structure(json, structure, value, belongs: null);
                break;
            default:
                throw new InvalidOperationException($"{shape} has no form in JSON");
        }
    }

    private void Structure(Utf8JsonWriter json, StructureShape shape, object structure, Func<ShapeMember, bool>? belongs)
    {
        json.WriteStartObject();
        foreach (var member in shape.Members)
        {
            if (belongs?.Invoke(member) != false && member.ValueOf(structure) is { } value)
            {
                json.WritePropertyName(member.WireName(camelCase));
                Value(json, member.Shape, value);
            }
        }

        json.WriteEndObject();
    }

    private static void Scalar(Utf8JsonWriter json, ScalarKind kind, object value)
    {
        switch (kind)
        {
            case ScalarKind.Integer:
                json.WriteNumberValue((int)value);
                break;
            case ScalarKind.Long:
                json.WriteNumberValue((long)value);
                break;
            case ScalarKind.Real:
                json.WriteNumberValue((double)value);
                break;
            case ScalarKind.Boolean:
                json.WriteBooleanValue((bool)value);
                break;
            case ScalarKind.Time:
                json.WriteNumberValue(((DateTimeOffset)value).ToUnixTimeMilliseconds() / 1000m);
                break;
            case ScalarKind.Document:
                ((JsonNode)value).WriteTo(json);
                break;
            default:
                json.WriteStringValue(ScalarText.Write(kind, value));
                break;
        }
    }
}
