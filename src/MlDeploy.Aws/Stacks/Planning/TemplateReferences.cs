using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>A place in a resource that holds another resource's name or attribute.</summary>
internal sealed record Reference(string To, PropertyPath At, JsonNode Value);

/// <summary>Who refers to whom, by `Ref`, `Fn::GetAtt` and `Fn::Sub`; `DependsOn` orders and passes nothing on.</summary>
internal static partial class TemplateReferences
{
    /// <param name="value">Canonical.</param>
    public static ImmutableArray<Reference> Of(JsonNode? value)
    {
        var found = ImmutableArray.CreateBuilder<Reference>();
        Walk(value, PropertyPath.Root, found);
        return found.ToImmutable();
    }

    private static void Walk(JsonNode? value, PropertyPath at, ImmutableArray<Reference>.Builder found)
    {
        switch (value)
        {
            case JsonObject function when CanonicalTemplate.IsFunction(function):
                var before = found.Count;
                Function(function, at, found);
                if (found.Count == before && function.First().Value is JsonArray or JsonObject)
                {
                    Inside(function.First().Value!, function, at, found);
                }

                break;
            case JsonObject members:
                foreach (var (name, member) in members)
                {
                    Walk(member, at.Member(name), found);
                }

                break;
            case JsonArray items:
                for (var index = 0; index < items.Count; index++)
                {
                    Walk(items[index], at.Item($"{index}"), found);
                }

                break;
        }
    }

    /// <summary>Arguments of `Fn::Join`, `Fn::If`, …: what stands in them stands where the function stands.</summary>
    private static void Inside(JsonNode argument, JsonNode function, PropertyPath at, ImmutableArray<Reference>.Builder found)
    {
        foreach (var reference in Of(argument))
        {
            found.Add(new Reference(reference.To, at, function));
        }
    }

    private static void Function(JsonObject function, PropertyPath at, ImmutableArray<Reference>.Builder found)
    {
        var (name, argument) = function.First();
        switch (name)
        {
            case "Ref" when argument is JsonValue to:
                found.Add(new Reference(to.ToString(), at, function));
                break;
            case "Fn::GetAtt" when argument is JsonArray { Count: > 0 } path && path[0] is JsonValue to:
                found.Add(new Reference(to.ToString(), at, function));
                break;
            case "Fn::Sub":
                var text = (argument is JsonArray { Count: > 0 } pair ? pair[0] : argument)?.ToString() ?? "";
                found.AddRange(Placeholder().Matches(text).Select(match => new Reference(match.Groups["id"].Value, at, function)));
                if (argument is JsonArray { Count: 2 } named)
                {
                    Inside(named[1]!, function, at, found);
                }

                break;
        }
    }

    /// <summary>`${Id}` and `${Id.Attribute}`; `${!…}` is text and `${AWS::…}` no resource.</summary>
    [GeneratedRegex(@"\$\{\s*(?<id>[A-Za-z0-9]+)\s*[.}]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
