using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>
/// One spelling for what CloudFormation takes as the same: people write `!GetAtt A.B` and `["A", "B"]`, a `Sub` of plain text,
/// `Key: null` and AWS::NoValue. Two templates are compared in this spelling only; what is sent stays as it was written.
/// </summary>
internal static class CanonicalTemplate
{
    public static JsonNode? Of(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } function when function.First() is var only && only.Key.StartsWith("Fn::", StringComparison.Ordinal) => Function(only.Key, only.Value),
        JsonObject { Count: 1 } nothing when nothing["Ref"]?.ToString() == "AWS::NoValue" => null,
        JsonObject members => Members(members),
        JsonArray items => new JsonArray([.. items.Select(Of).Where(item => item is not null)]),
        _ => node?.DeepClone(),
    };

    /// <summary>True when CloudFormation would see no difference: numbers and booleans may be written as text.</summary>
    public static bool SameScalar(JsonNode old, JsonNode @new) => Text(old) == Text(@new);

    public static bool Same(JsonNode? old, JsonNode? @new) => (old, @new) switch
    {
        (null, null) => true,
        (JsonObject before, JsonObject after) => before.Count == after.Count && before.All(member => after.TryGetPropertyValue(member.Key, out var other) && Same(member.Value, other)),
        (JsonArray before, JsonArray after) => before.Count == after.Count && before.Zip(after).All(pair => Same(pair.First, pair.Second)),
        (JsonValue before, JsonValue after) => SameScalar(before, after),
        _ => false,
    };

    /// <summary>`Ref`, `Fn::…`: a value that CloudFormation computes.</summary>
    public static bool IsFunction(JsonNode? node) =>
        node is JsonObject { Count: 1 } single && single.First().Key is var key && (key is "Ref" or "Condition" || key.StartsWith("Fn::", StringComparison.Ordinal));

    /// <summary>A member of what may be no object: templates of others hold anything.</summary>
    public static JsonNode? Member(JsonNode? owner, string name) => (owner as JsonObject)?[name];

    private static string Text(JsonNode scalar)
    {
        switch (scalar.GetValueKind())
        {
            case JsonValueKind.String:
                return scalar.GetValue<string>();
            case JsonValueKind.True:
                return "true";
            case JsonValueKind.False:
                return "false";
            default:
                var number = scalar.ToJsonString();
                return decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
                    : number;
        }
    }

    private static JsonObject Members(JsonObject members)
    {
        var canonical = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (Of(value) is { } there)
            {
                canonical[name] = name == "DependsOn" && there is JsonValue one ? new JsonArray(one) : there;
            }
        }

        return canonical;
    }

    private static JsonNode? Function(string name, JsonNode? argument)
    {
        var value = argument is JsonObject or JsonArray ? Of(argument) : argument?.DeepClone();
        return name switch
        {
            "Fn::GetAtt" when value is JsonValue text && text.ToString().Split('.', 2) is [var of, var attribute] => GetAtt(of, attribute),
            "Fn::Sub" when value is JsonArray { Count: 2 } pair && pair[1] is JsonObject { Count: 0 } => Substitution(pair[0]!.ToString()),
            "Fn::Sub" when value is JsonValue text => Substitution(text.ToString()),
            "Fn::Join" when Joined(value) is { } joined => joined,
            _ => new JsonObject { [name] = value },
        };
    }

    private static JsonObject GetAtt(string logicalId, string attribute) => new() { ["Fn::GetAtt"] = new JsonArray(logicalId, attribute) };

    private static JsonNode Substitution(string text)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return text;
        }

        if (text.StartsWith("${", StringComparison.Ordinal) && text.IndexOf('}', StringComparison.Ordinal) == text.Length - 1 && text[2] != '!')
        {
            var name = text[2..^1].Trim();
            return name.Split('.', 2) is [var of, var attribute] ? GetAtt(of, attribute) : new JsonObject { ["Ref"] = name };
        }

        return new JsonObject { ["Fn::Sub"] = text };
    }

    private static JsonNode? Joined(JsonNode? argument) =>
        argument is JsonArray { Count: 2 } pair && pair[1] is JsonArray parts && parts.All(part => part is JsonValue)
            ? string.Join(pair[0]!.ToString(), parts.Select(part => part!.ToString()))
            : null;
}
