using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Schemas;

/// <summary>CloudFormation takes "80" for 80 and true for "true"; the services behind it do not.</summary>
internal static class SchemaCoercion
{
    public static JsonNode? Coerce(JsonObject root, JsonObject schema, JsonNode? node)
    {
        schema = SchemaWalk.Resolve(root, schema);
        switch (node)
        {
            case JsonObject fields:
                return new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key,
                    SchemaWalk.Property(root, schema, field.Key) is { } property ? Coerce(root, property, field.Value) : field.Value?.DeepClone())));
            case JsonArray items:
                return new JsonArray([.. items.Select(item => schema["items"] is JsonObject each ? Coerce(root, each, item) : item?.DeepClone())]);
            case JsonValue value:
                return Scalar(SchemaWalk.Types(schema), value);
            default:
                return null;
        }
    }

    private static JsonNode Scalar(IReadOnlyList<string> types, JsonValue value)
    {
        var kind = value.GetValueKind();
        var text = InputReading.Plain(value);
        return types switch
        {
            _ when kind == JsonValueKind.String && types.Contains("string") => value.DeepClone(),
            _ when kind == JsonValueKind.String && types.Contains("integer") && long.TryParse(text, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when kind == JsonValueKind.String && types.Contains("number") && double.TryParse(text, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ when kind == JsonValueKind.String && types.Contains("boolean") && text.ToUpperInvariant() is "TRUE" or "FALSE" => JsonValue.Create(text.Equals("true", StringComparison.OrdinalIgnoreCase)),
            ["string"] when kind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => JsonValue.Create(text),
            _ => value.DeepClone(),
        };
    }
}
