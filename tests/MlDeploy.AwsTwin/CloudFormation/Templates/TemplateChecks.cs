using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Templates;

/// <summary>What CloudFormation refuses when a template is sent, before anything is made.</summary>
internal static class TemplateChecks
{
    public static void Check(Template template)
    {
        CheckNames(template);
        CheckReferences(template);
        CheckOutputs(template);
        CheckCycles(template);
    }

    /// <summary>Logical ids a resource waits for: named in DependsOn, or referred to in its properties.</summary>
    public static IEnumerable<string> Dependencies(Template template, ResourceDeclaration resource) =>
        resource.DependsOn.Concat(References.In(resource.Properties).Select(reference => reference.Name))
            .Where(template.Resources.ContainsKey).Distinct(StringComparer.Ordinal);

    private static void CheckNames(Template template)
    {
        foreach (var resource in template.Resources.Values)
        {
            if (resource.DependsOn.FirstOrDefault(name => !template.Resources.ContainsKey(name)) is { } missing)
            {
                throw new AwsError("ValidationError", $"Template format error: Unresolved resource dependencies [{missing}] in the Resources block of the template");
            }

            if (resource.Condition is { } condition && !template.Conditions.ContainsKey(condition))
            {
                throw new AwsError("ValidationError", $"Template format error: Condition {condition} for resource {resource.LogicalId} is not defined.");
            }
        }
    }

    private static void CheckReferences(Template template)
    {
        bool IsKnown(Reference reference) => template.Resources.ContainsKey(reference.Name)
            || reference.Attribute is null && (template.Parameters.ContainsKey(reference.Name) || Intrinsics.PseudoParameters.Contains(reference.Name));

        Refuse("Resources", template.Resources.Values.SelectMany(resource => References.In(resource.Properties)).Where(reference => !IsKnown(reference)));
        Refuse("Outputs", References.In(template.Outputs).Where(reference => !IsKnown(reference)));
        foreach (var (name, body) in template.Conditions)
        {
            if (References.In(body).FirstOrDefault(reference => !template.Parameters.ContainsKey(reference.Name) && !Intrinsics.PseudoParameters.Contains(reference.Name)) is { } wrong)
            {
                throw new AwsError("ValidationError", $"Template format error: Unresolved dependencies [{wrong.Name}]. Cannot reference resources in the Conditions block of the template (condition {name})");
            }
        }
    }

    private static void Refuse(string block, IEnumerable<Reference> wrong)
    {
        var names = wrong.Select(reference => reference.Name).Distinct(StringComparer.Ordinal).ToList();
        if (names.Count > 0)
        {
            throw new AwsError("ValidationError", $"Template format error: Unresolved resource dependencies [{string.Join(", ", names)}] in the {block} block of the template");
        }
    }

    private static void CheckOutputs(Template template)
    {
        foreach (var (name, output) in template.Outputs)
        {
            if (output is not JsonObject fields || !fields.ContainsKey("Value"))
            {
                throw new AwsError("ValidationError", $"Template format error: Output {name} is malformed. Every Outputs object must contain a Value member.");
            }
        }
    }

    private static void CheckCycles(Template template)
    {
        var left = template.Resources.Values.ToDictionary(resource => resource.LogicalId, resource => Dependencies(template, resource).ToHashSet());
        while (left.Count > 0)
        {
            var free = left.Where(pair => !pair.Value.Any(left.ContainsKey)).Select(pair => pair.Key).ToList();
            if (free.Count == 0)
            {
                throw new AwsError("ValidationError", $"Circular dependency between resources: [{string.Join(", ", left.Keys)}]");
            }

            free.ForEach(name => left.Remove(name));
        }
    }
}
