using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.LoadBalancing;

namespace MlDeploy.AwsTwin.Events;

/// <summary>
/// EventBridge's event patterns: every field named must be there, with one of the values listed; a value may be a literal or
/// prefix, suffix, equals-ignore-case, wildcard, anything-but or exists.
/// </summary>
internal static class EventPattern
{
    public static bool Matches(JsonObject pattern, JsonObject happened) => pattern.All(field => field.Key == "$or"
        ? field.Value is JsonArray any && any.OfType<JsonObject>().Any(each => Matches(each, happened))
        : field.Value switch
        {
            JsonObject inner => happened[field.Key] is JsonObject part && Matches(inner, part),
            JsonArray allowed => Any(allowed, happened[field.Key]),
            _ => false,
        });

    private static bool Any(JsonArray allowed, JsonNode? value) =>
        value is JsonArray { Count: > 0 } several ? several.Any(each => Any(allowed, each)) : allowed.Any(each => Meets(each, value));

    private static bool Meets(JsonNode? rule, JsonNode? value)
    {
        if (rule is not JsonObject { Count: 1 } test)
            return JsonNode.DeepEquals(rule, value) || (rule is JsonValue a && value is JsonValue b && InputReading.Plain(a) == InputReading.Plain(b));
        var text = value is JsonValue plain ? InputReading.Plain(plain) : null;
        var (kind, argument) = test.First();
        var given = argument is JsonValue literal ? InputReading.Plain(literal) : "";
        return kind switch
        {
            "exists" => given == "true" == value is not null,
            "prefix" => text?.StartsWith(given, StringComparison.Ordinal) == true,
            "suffix" => text?.EndsWith(given, StringComparison.Ordinal) == true,
            "equals-ignore-case" => string.Equals(text, given, StringComparison.OrdinalIgnoreCase),
            "wildcard" => text is not null && RuleMatching.Like(text, given, ignoreCase: false),
            "anything-but" => text is not null && (argument is JsonArray many ? !Any(many, value) : argument is JsonObject inner ? !Meets(inner, value) : text != given),
            _ => throw new InvalidOperationException($"The twin does not know the event pattern '{kind}'"),
        };
    }
}
