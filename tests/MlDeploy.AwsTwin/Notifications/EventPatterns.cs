using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Notifications;

/// <summary>EventBridge's patterns: every field named must match one of its values (user guide, "Creating event patterns").</summary>
internal static class EventPatterns
{
    public static bool Matches(JsonObject pattern, JsonObject @event) => pattern.All(field => field.Value switch
    {
        JsonObject deeper => @event[field.Key] is JsonObject inner && Matches(deeper, inner),
        JsonArray values => values.Any(value => MatchesValue(value, @event[field.Key])),
        _ => false,
    });

    private static bool MatchesValue(JsonNode? wanted, JsonNode? actual)
    {
        if (actual is JsonArray several)
        {
            return several.Any(one => MatchesValue(wanted, one));
        }

        if (wanted is not JsonObject { Count: 1 } rule)
        {
            return JsonNode.DeepEquals(wanted, actual);
        }

        var (name, argument) = rule.First();
        var text = actual is JsonValue value ? InputReading.Plain(value) : null;
        return name switch
        {
            "exists" => argument!.GetValue<bool>() == (actual is not null),
            "prefix" => text?.StartsWith(argument!.GetValue<string>(), StringComparison.Ordinal) == true,
            "suffix" => text?.EndsWith(argument!.GetValue<string>(), StringComparison.Ordinal) == true,
            "equals-ignore-case" => string.Equals(text, argument!.GetValue<string>(), StringComparison.OrdinalIgnoreCase),
            "anything-but" => actual is not null && !(argument is JsonArray list ? list.Any(one => MatchesValue(one, actual)) : MatchesValue(argument, actual)),
            "wildcard" => text is not null && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(argument!.GetValue<string>(), text, ignoreCase: false),
            "numeric" => actual?.GetValueKind() == JsonValueKind.Number && MatchesNumber((JsonArray)argument!, actual.GetValue<double>()),
            _ => throw new AwsError("InvalidEventPatternException", $"Event pattern is not valid. Reason: Unrecognized match type {name}"),
        };
    }

    private static bool MatchesNumber(JsonArray rule, double actual)
    {
        for (var i = 0; i + 1 < rule.Count; i += 2)
        {
            var limit = rule[i + 1]!.GetValue<double>();
            var holds = rule[i]!.GetValue<string>() switch
            {
                "<" => actual < limit,
                "<=" => actual <= limit,
                ">" => actual > limit,
                ">=" => actual >= limit,
                _ => actual == limit,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }
}
