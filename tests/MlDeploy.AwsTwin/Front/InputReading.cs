using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.Front;

/// <summary>Reads leaves that are typed in JSON and strings in query forms.</summary>
internal static class InputReading
{
    public static string? Text(this JsonObject input, string name) => input[name] is JsonValue value ? Plain(value) : null;

    public static string Required(this JsonObject input, string name) =>
        input.Text(name) ?? throw new AwsError("ValidationError", $"Value null at '{char.ToLowerInvariant(name[0])}{name[1..]}' failed to satisfy constraint: Member must not be null");

    public static bool? Flag(this JsonObject input, string name) => input.Text(name) switch
    {
        null => null,
        var text => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase),
    };

    public static double? Number(this JsonObject input, string name) =>
        input.Text(name) is { } text && double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static int? Whole(this JsonObject input, string name) => input.Number(name) is { } number ? (int)number : null;

    /// <summary>A time sent as epoch seconds (JSON, CBOR) or as ISO 8601 (query).</summary>
    public static DateTimeOffset? Time(this JsonObject input, string name) => input.Text(name) switch
    {
        null => null,
        var text when double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        var text => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
    };

    public static JsonObject Object(this JsonObject input, string name) => input[name] as JsonObject ?? [];

    public static IEnumerable<JsonNode?> List(this JsonObject input, string name) => input[name] as JsonArray ?? [];

    public static IEnumerable<JsonObject> Objects(this JsonObject input, string name) => input.List(name).OfType<JsonObject>();

    public static IEnumerable<string> Texts(this JsonObject input, string name) => input.List(name).OfType<JsonValue>().Select(Plain);

    /// <summary>A scalar as text: strings as they are, the rest as JSON writes them.</summary>
    public static string Plain(JsonValue value) =>
        value.GetValueKind() == JsonValueKind.String ? value.GetValue<object>() switch
        {
            string text => text,
            JsonElement element => element.GetString()!,
            DateTimeOffset time => ReplyWriting.Iso(time),
            var other => other.ToString()!,
        }
        : value.ToJsonString();
}
