using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlDeploy.Tool.OnAws.Planning;

/// <summary>A template's value as a line: `"text"`, `14`, `!Ref Vpc`, `{ Key: "team", Value: "fraud" }`.</summary>
internal static class ValueText
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonNode? value) => value switch
    {
        null => "(none)",
        JsonObject { Count: 1 } function when function.First() is { Key: "Ref" } reference => $"!Ref {reference.Value}",
        JsonObject { Count: 1 } function when function.First() is { Key: "Fn::GetAtt", Value: JsonArray path } => $"!GetAtt {string.Join('.', path)}",
        JsonObject { Count: 1 } function when function.First() is var only && only.Key.StartsWith("Fn::", StringComparison.Ordinal) => $"!{only.Key[4..]} {Of(only.Value)}",
        JsonObject { Count: 0 } => "{}",
        JsonObject members => $"{{ {string.Join(", ", members.Select(member => $"{member.Key}: {Of(member.Value)}"))} }}",
        JsonArray items => $"[{string.Join(", ", items.Select(Of))}]",
        _ when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == Aws.Stacks.Planning.HiddenValues.Hidden => Aws.Stacks.Planning.HiddenValues.Hidden,
        _ => value.ToJsonString(Json),
    };

    /// <summary>As many lines as it takes, when one would be too long to read.</summary>
    /// <param name="width">Characters a line may have before the value is broken into its members.</param>
    public static IEnumerable<string> Lines(JsonNode? value, int width)
    {
        var line = Of(value);
        switch (value)
        {
            case JsonObject { Count: > 0 } members when line.Length > width && !line.StartsWith('!'):
                foreach (var (name, member) in members)
                {
                    foreach (var inner in Under($"{name}: ", member, width))
                    {
                        yield return inner;
                    }
                }

                break;
            case JsonArray { Count: > 0 } items when line.Length > width:
                foreach (var item in items)
                {
                    foreach (var inner in Under("• ", item, width))
                    {
                        yield return inner;
                    }
                }

                break;
            default:
                yield return line;
                break;
        }
    }

    private static IEnumerable<string> Under(string head, JsonNode? value, int width)
    {
        var lines = Lines(value, width - 2).ToArray();
        if (lines.Length == 1)
        {
            return [head + lines[0]];
        }

        return head == "• "
            ? lines.Select((line, at) => (at == 0 ? "• " : "  ") + line)
            : lines.Select(line => "  " + line).Prepend(head.TrimEnd());
    }
}
