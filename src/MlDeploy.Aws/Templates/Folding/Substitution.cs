using System.Text;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Folding;

/// <summary><c>Fn::Sub</c>: literals are put in their place; what only CloudFormation knows stays a <c>${…}</c>.</summary>
internal static class Substitution
{
    /// <param name="argument">A text, or a text and a map of its own variables.</param>
    /// <returns>A text when everything is known, else a shorter <c>Fn::Sub</c>.</returns>
    public static JsonNode? Fold(JsonNode? argument, Func<JsonNode?, JsonNode?> fold, Func<string, (bool Found, JsonNode? Value)> parameter)
    {
        var pair = argument as JsonArray;
        var text = Intrinsics.Text(pair is { Count: 2 } ? pair[0] : argument) ?? throw new FoldingException("Fn::Sub has no text");
        var variables = pair is { Count: 2 } && pair[1] is JsonObject map ? map : [];

        var kept = new JsonObject();
        var folded = Replace(text, name =>
        {
            var (found, value) = variables.TryGetPropertyValue(name, out var own) ? (true, fold(own)) : parameter(name);
            if (!found)
            {
                return null;
            }

            // A function's own text, with its variables, can stand in place of the variable.
            if (Intrinsics.Is(value, out var function, out var inner) && string.Equals(function, Intrinsics.Sub, StringComparison.Ordinal) && Intrinsics.Text(inner) is { } nested)
            {
                return nested;
            }

            if (Literals.Text(value) is { } literal)
            {
                return literal.Replace("${", "${!", StringComparison.Ordinal);
            }

            kept[name] = value;
            return null;
        });
        return kept.Count > 0 ? new JsonObject { [Intrinsics.Sub] = new JsonArray(folded, kept) }
            : Variables(folded).Count > 0 ? new JsonObject { [Intrinsics.Sub] = folded }
            : JsonValue.Create(folded.Replace("${!", "${", StringComparison.Ordinal));
    }

    /// <summary>The variables of a text: `A` and `A.B` of `${A}` and `${A.B}`; `${!A}` is literal.</summary>
    public static IReadOnlyList<string> Variables(string text)
    {
        var found = new List<string>();
        Replace(text, name =>
        {
            found.Add(name);
            return null;
        });
        return found;
    }

    /// <param name="value">What to put in a variable's place; null leaves it.</param>
    private static string Replace(string text, Func<string, string?> value)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        while (text.IndexOf("${", at, StringComparison.Ordinal) is var start and >= 0 && text.IndexOf('}', start) is var end and >= 0)
        {
            result.Append(text, at, start - at);
            var name = text[(start + 2)..end].Trim();
            var replacement = name.StartsWith('!') ? null : value(name);
            result.Append(replacement ?? text[start..(end + 1)]);
            at = end + 1;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}
