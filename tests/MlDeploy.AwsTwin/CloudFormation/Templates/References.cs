using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Templates;

/// <param name="Attribute">Null for a Ref.</param>
internal sealed record Reference(string Name, string? Attribute);

/// <summary>Finds what an expression refers to, without evaluating it.</summary>
internal static partial class References
{
    public static IEnumerable<Reference> In(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } call when call["Ref"] is JsonValue name:
                yield return new Reference(InputReading.Plain(name), null);
                break;
            case JsonObject { Count: 1 } call when call["Fn::GetAtt"] is { } target:
                var (resource, attribute) = GetAttTarget(target);
                yield return new Reference(resource, attribute);
                break;
            case JsonObject { Count: 1 } call when call["Fn::Sub"] is { } sub:
                foreach (var reference in InSub(sub))
                {
                    yield return reference;
                }

                break;
            case JsonObject fields:
                foreach (var reference in fields.SelectMany(field => In(field.Value)))
                {
                    yield return reference;
                }

                break;
            case JsonArray items:
                foreach (var reference in items.SelectMany(In))
                {
                    yield return reference;
                }

                break;
        }
    }

    public static (string Resource, string Attribute) GetAttTarget(JsonNode target) => target switch
    {
        JsonArray { Count: 2 } pair when pair[1] is JsonValue attribute => (pair[0]!.GetValue<string>(), InputReading.Plain(attribute)),
        JsonValue dotted when InputReading.Plain(dotted).Split('.', 2) is [var resource, var attribute] => (resource, attribute),
        _ => throw new AwsError("ValidationError", "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"),
    };

    public static IEnumerable<string> SubNames(string text) => Placeholder().Matches(text).Select(match => match.Groups[1].Value).Where(name => !name.StartsWith('!'));

    private static IEnumerable<Reference> InSub(JsonNode sub)
    {
        var (text, variables) = sub is JsonArray { Count: 2 } pair ? (pair[0]!.GetValue<string>(), (JsonObject)pair[1]!) : (InputReading.Plain((JsonValue)sub), []);
        foreach (var name in SubNames(text).Where(name => !variables.ContainsKey(name)))
        {
            var parts = name.Split('.', 2);
            yield return new Reference(parts[0], parts.Length == 2 ? parts[1] : null);
        }

        foreach (var reference in In(variables))
        {
            yield return reference;
        }
    }

    [GeneratedRegex(@"\$\{\s*([^}]*?)\s*\}")]
    public static partial Regex Placeholder();
}
