using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Folding;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>Everything that is referred to exists: resources, their attributes, pseudo parameters; and nothing waits for itself.</summary>
internal static class ReferenceCheck
{
    private static readonly string[] Pseudo =
        ["AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix"];

    public static void Run(CheckedTemplate template)
    {
        var waits = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (id, node) in template.Resources)
        {
            var found = waits[id] = new HashSet<string>(StringComparer.Ordinal);
            foreach (var reference in References.In(node))
            {
                Exists(template, id, reference);
                found.Add(reference.LogicalId);
            }
        }

        foreach (var (name, output) in template.Template["Outputs"] as JsonObject ?? [])
        {
            foreach (var reference in References.In(output, $"Outputs/{name}"))
            {
                Exists(template, null, reference);
            }
        }

        Circle(template, waits);
    }

    private static void Exists(CheckedTemplate template, string? id, Reference reference)
    {
        var (target, attribute, path) = reference;
        if (target.StartsWith("AWS::", StringComparison.Ordinal))
        {
            if (!Pseudo.Contains(target, StringComparer.Ordinal))
            {
                template.Report(id, path, "is no pseudo parameter", target, string.Join(", ", Pseudo), StructureCheck.Nearest(target, Pseudo, "Write one of these."));
            }
        }
        else if (!template.Resources.ContainsKey(target))
        {
            template.Report(id, path, $"refers to {target}, which is not in this stack", target, null,
                StructureCheck.Nearest(target, template.Resources.Select(resource => resource.Key), "Refer to a resource of the same stack, or keep the one that is referred to."));
        }
        else if (attribute is not null && template.TypeOf(target) is { } type && ResourceSchemas.All.Find(type) is { } schema
            && !schema.Attributes.Contains(attribute, StringComparer.Ordinal))
        {
            template.Report(id, path, $"asks {target} for the attribute {attribute}, which {type} has not", attribute, string.Join(", ", schema.Attributes),
                StructureCheck.Nearest(attribute, schema.Attributes, "Ask for one of these, or use Ref."));
        }
    }

    private static void Circle(CheckedTemplate template, Dictionary<string, HashSet<string>> waits)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (waits.Keys.FirstOrDefault(id => !done.Contains(id) && waits[id].All(other => done.Contains(other) || !waits.ContainsKey(other))) is { } free)
        {
            done.Add(free);
        }

        // What is left waits for a circle or is in it; every one of the circle waits for itself in the end.
        foreach (var id in waits.Keys.Where(id => !done.Contains(id) && Reaches(id, id, waits)))
        {
            template.Report(id, "", "waits for itself through what it refers to", null, null, "Remove one of the references between these resources.");
        }
    }

    private static bool Reaches(string from, string to, Dictionary<string, HashSet<string>> waits)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([from]);
        while (pending.TryPop(out var at))
        {
            foreach (var next in waits.GetValueOrDefault(at) ?? [])
            {
                if (string.Equals(next, to, StringComparison.Ordinal))
                {
                    return true;
                }

                if (seen.Add(next))
                {
                    pending.Push(next);
                }
            }
        }

        return false;
    }
}

/// <param name="Attribute">Null for <c>Ref</c> and <c>DependsOn</c>.</param>
/// <param name="Path">Where the reference stands.</param>
internal sealed record Reference(string LogicalId, string? Attribute, string Path);

internal static class References
{
    /// <summary>Every reference in a resource or output.</summary>
    public static IEnumerable<Reference> In(JsonNode? node, string path = "")
    {
        if (Intrinsics.Is(node, out var function, out var argument))
        {
            return Of(function, argument, path);
        }

        return node switch
        {
            JsonObject map => map.SelectMany(entry => path.Length == 0 && entry.Key is "DependsOn" ? DependsOn(entry.Value) : In(entry.Value, path.Length == 0 ? entry.Key : $"{path}/{entry.Key}")),
            JsonArray list => list.SelectMany((item, at) => In(item, $"{path}/{at}")),
            _ => [],
        };
    }

    private static IEnumerable<Reference> Of(string function, JsonNode? argument, string path)
    {
        switch (function)
        {
            case Intrinsics.Ref:
                return [new Reference(Intrinsics.Text(argument) ?? "", null, path)];
            case Intrinsics.GetAtt when argument is JsonArray { Count: 2 } pair:
                return [new Reference(Intrinsics.Text(pair[0]) ?? "", Intrinsics.Text(pair[1]), path)];
            case Intrinsics.GetAtt when Intrinsics.Text(argument)?.Split('.', 2) is [var id, var attribute]:
                return [new Reference(id, attribute, path)];
            case Intrinsics.Sub:
                var pairOf = argument as JsonArray;
                var own = pairOf is { Count: 2 } ? pairOf[1] as JsonObject ?? [] : [];
                return Substitution.Variables(Intrinsics.Text(pairOf is { Count: > 0 } ? pairOf[0] : argument) ?? "")
                    .Where(variable => !own.ContainsKey(variable))
                    .Distinct(StringComparer.Ordinal)
                    .Select(variable => variable.StartsWith("AWS::", StringComparison.Ordinal) || !variable.Contains('.', StringComparison.Ordinal)
                        ? new Reference(variable, null, path)
                        : new Reference(variable[..variable.IndexOf('.', StringComparison.Ordinal)], variable[(variable.IndexOf('.', StringComparison.Ordinal) + 1)..], path))
                    .Concat(In(own, path));
            default:
                return In(argument, path);
        }
    }

    private static IEnumerable<Reference> DependsOn(JsonNode? node) =>
        (node is JsonArray list ? list : [node?.DeepClone()]).Select(Intrinsics.Text).OfType<string>().Select(id => new Reference(id, null, "DependsOn"));
}
