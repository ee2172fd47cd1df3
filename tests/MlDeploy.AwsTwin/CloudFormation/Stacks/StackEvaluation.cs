using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Stacks;

/// <summary>A definition's expressions, with the values that a stack's resources give them.</summary>
internal sealed class StackEvaluation
{
    private readonly StackDefinition definition;
    private readonly Intrinsics intrinsics;

    /// <param name="lookup">A resource's physical id or attribute.</param>
    public StackEvaluation(Stack stack, StackDefinition definition, StackStore store, Func<string, string?, JsonNode> lookup)
    {
        this.definition = definition;
        intrinsics = new Intrinsics(new Surroundings(
            definition.Template,
            ParameterValues.Nodes(definition.Template, definition.Parameters),
            stack.Region, stack.Name, stack.Id, definition.NotificationArns, lookup,
            name => store.Exports(stack.Region).TryGetValue(name, out var export) ? export.Value
                : throw new AwsError("ValidationError", $"No export named {name} found.")));
    }

    /// <summary>With the values that exist now.</summary>
    public static StackEvaluation Of(Stack stack, StackDefinition definition, StackStore store) => new(stack, definition, store, (logicalId, attribute) =>
        stack.Find(logicalId) is { PhysicalId: not null } resource ? Value(resource, attribute)
            : throw new AwsError("ValidationError", $"Template error: instance of {(attribute is null ? "Ref" : "Fn::GetAtt")} references undefined resource {logicalId}"));

    public static JsonNode Value(StackResource resource, string? attribute) => attribute switch
    {
        null => JsonValue.Create(resource.PhysicalId!),
        _ when resource.Attributes[attribute] is { } value => value,
        _ when resource.Properties[attribute] is { } value => value,
        _ => throw new AwsError("ValidationError", $"Template error: resource {resource.LogicalId} does not support attribute type {attribute} in Fn::GetAtt"),
    };

    /// <summary>The resources whose condition holds.</summary>
    public ImmutableSortedDictionary<string, ResourceDeclaration> Declared() =>
        definition.Template.Resources.Where(pair => pair.Value.Condition is not { } condition || intrinsics.Condition(condition)).ToImmutableSortedDictionary(StringComparer.Ordinal);

    public JsonObject Properties(ResourceDeclaration resource) => (JsonObject?)intrinsics.Evaluate(resource.Properties) ?? [];

    public ImmutableArray<StackOutput> Outputs()
    {
        var outputs = ImmutableArray.CreateBuilder<StackOutput>();
        foreach (var (key, node) in definition.Template.Outputs)
        {
            var fields = (JsonObject)node!;
            if (fields.Text("Condition") is { } condition && !intrinsics.Condition(condition))
            {
                continue;
            }

            var export = fields["Export"] is JsonObject name ? intrinsics.Text(name["Name"]) : null;
            outputs.Add(new StackOutput(key, intrinsics.Text(fields["Value"]), fields.Text("Description"), export));
        }

        return outputs.ToImmutable();
    }

    /// <summary>Types and attributes that AWS does not have are refused before anything is made.</summary>
    public static void CheckTypes(Template template, SchemaLibrary schemas)
    {
        var unknown = template.Resources.Values.Select(resource => resource.Type).Where(type => schemas.Find(type) is null).Distinct().ToList();
        if (unknown.Count > 0)
        {
            throw new AwsError("ValidationError", $"Template format error: Unrecognized resource types: [{string.Join(", ", unknown)}]");
        }

        var expressions = template.Resources.Values.Select(resource => (JsonNode)resource.Properties).Append(template.Outputs);
        foreach (var reference in expressions.SelectMany(References.In).Where(reference => reference.Attribute is not null))
        {
            var schema = schemas.Find(template.Resources[reference.Name].Type)!;
            if (!schema.ReadOnly.Contains(reference.Attribute!) && !schema.HasProperty(reference.Attribute!.Split('.')[0]))
            {
                throw new AwsError("ValidationError", $"Template error: resource {reference.Name} does not support attribute type {reference.Attribute} in Fn::GetAtt");
            }
        }
    }
}
