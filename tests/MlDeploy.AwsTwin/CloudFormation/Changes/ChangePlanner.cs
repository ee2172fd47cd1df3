using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Changes;

/// <summary>
/// Works out what a definition would change of a stack, without touching anything: what refers to a resource that will be
/// new or replaced is not known yet, and what takes an attribute of one that changes may change.
/// </summary>
internal sealed class ChangePlanner(SchemaLibrary schemas, StackStore store)
{
    public ImmutableArray<PlannedChange> Plan(Stack stack, StackDefinition next)
    {
        var changes = new Dictionary<string, PlannedChange>();
        JsonNode Lookup(string logicalId, string? attribute)
        {
            var change = changes.GetValueOrDefault(logicalId);
            return stack.Find(logicalId) is { PhysicalId: not null } resource && change is not { Replaces: Replaces.True } && change?.Action != "Add"
                ? StackEvaluation.Value(resource, attribute)
                : JsonValue.Create(Intrinsics.KnownAfterApply);
        }

        var evaluation = new StackEvaluation(stack, next, store, Lookup);
        var declared = evaluation.Declared();
        foreach (var resource in Ordered(next.Template, declared))
        {
            if (Change(stack, next, evaluation, resource, changes) is { } change)
            {
                changes.Add(resource.LogicalId, change);
            }
        }

        foreach (var gone in stack.Resources.Values.Where(resource => !declared.ContainsKey(resource.LogicalId) && resource.PhysicalId is not null))
        {
            changes.Add(gone.LogicalId, new PlannedChange(gone.LogicalId, gone.Type, "Remove", null, gone.PhysicalId, gone.DeletionPolicy == "Delete" ? "Delete" : "Retain", [], Context(gone.Properties, gone.Metadata), null));
        }

        return [.. changes.Values.OrderBy(change => change.LogicalId, StringComparer.Ordinal)];
    }

    private PlannedChange? Change(Stack stack, StackDefinition next, StackEvaluation evaluation, ResourceDeclaration declaration, Dictionary<string, PlannedChange> changes)
    {
        var schema = schemas.Find(declaration.Type)!;
        var after = schema.Coerce(evaluation.Properties(declaration));
        if (stack.Find(declaration.LogicalId) is not { PhysicalId: not null } current)
        {
            return new PlannedChange(declaration.LogicalId, declaration.Type, "Add", null, null, null, [], null, Context(after, declaration.Metadata));
        }

        if (current.Type != declaration.Type)
        {
            throw new AwsError("ValidationError", $"Update of resource type is not permitted. The new template modifies resource type of the following resources: [{declaration.LogicalId}]");
        }

        var details = PropertyDetails(stack, next, declaration, schema, current, after, changes).Concat(OtherDetails(next, declaration, schema, current)).ToImmutableArray();
        if (details.IsEmpty)
        {
            return null;
        }

        var replaces = details.Select(detail => detail.Recreation == Recreation.Never ? Replaces.False : detail.IsDynamic || detail.Recreation == Recreation.Conditionally ? Replaces.Conditional : Replaces.True).Max();
        return new PlannedChange(declaration.LogicalId, declaration.Type, "Modify", replaces, current.PhysicalId,
            replaces == Replaces.False ? null : declaration.UpdateReplacePolicy == "Delete" ? "ReplaceAndDelete" : "ReplaceAndRetain",
            details, Context(current.Properties, current.Metadata), Context(after, declaration.Metadata));
    }

    private static IEnumerable<ChangeDetail> PropertyDetails(
        Stack stack, StackDefinition next, ResourceDeclaration declaration, ResourceSchema schema, StackResource current, JsonObject after, Dictionary<string, PlannedChange> changes)
    {
        var seen = new HashSet<string>();
        foreach (var difference in TreeDifference.Between(current.Properties, after))
        {
            var name = difference.Path.Split('/')[1];
            seen.Add(name);
            var later = difference.After?.Contains(Intrinsics.KnownAfterApply, StringComparison.Ordinal) == true;
            var (source, cause) = Cause(stack, next, declaration, name, later, changes);
            yield return new ChangeDetail(name == schema.TagProperty ? "Tags" : "Properties", name == schema.TagProperty ? null : name, $"/Properties{difference.Path}",
                difference.Before, difference.After, schema.Recreates(difference.SchemaPath), later, source, cause);
        }

        // An attribute of a resource that changes in place may come out different.
        foreach (var (name, expression) in declaration.Properties.Where(property => !seen.Contains(property.Key)))
        {
            var dynamic = References.In(expression).FirstOrDefault(reference => reference.Attribute is not null
                && changes.GetValueOrDefault(reference.Name) is { Action: "Modify" } change && change.Details.Any(detail => detail.Scope == "Properties"));
            if (dynamic is not null)
            {
                var value = current.Properties[name] is JsonValue scalar ? InputReading.Plain(scalar) : current.Properties[name]?.ToJsonString();
                yield return new ChangeDetail("Properties", name, $"/Properties/{name}", value, value, schema.Recreates(name), true, "ResourceAttribute", $"{dynamic.Name}.{dynamic.Attribute}");
            }
        }
    }

    private static IEnumerable<ChangeDetail> OtherDetails(StackDefinition next, ResourceDeclaration declaration, ResourceSchema schema, StackResource current)
    {
        if (schema.TagProperty is not null && !current.StackTags.SequenceEqual(next.Tags))
        {
            foreach (var name in current.StackTags.Keys.Union(next.Tags.Keys).Where(name => current.StackTags.GetValueOrDefault(name) != next.Tags.GetValueOrDefault(name)))
            {
                yield return new ChangeDetail("Tags", null, $"/Tags/{name}", current.StackTags.GetValueOrDefault(name), next.Tags.GetValueOrDefault(name), Recreation.Never, false, "DirectModification", null);
            }
        }

        foreach (var (scope, before, after) in new[]
        {
            ("Metadata", current.Metadata?.ToJsonString(), declaration.Metadata?.ToJsonString()),
            ("DeletionPolicy", current.DeletionPolicy, declaration.DeletionPolicy),
            ("UpdateReplacePolicy", current.UpdateReplacePolicy, declaration.UpdateReplacePolicy),
        })
        {
            if (before != after)
            {
                yield return new ChangeDetail(scope, null, $"/{scope}", before, after, Recreation.Never, false, "DirectModification", null);
            }
        }
    }

    private static (string Source, string? Cause) Cause(
        Stack stack, StackDefinition next, ResourceDeclaration declaration, string property, bool isLater, Dictionary<string, PlannedChange> changes)
    {
        var references = References.In(declaration.Properties[property]).ToList();
        if (isLater && references.FirstOrDefault(reference => changes.ContainsKey(reference.Name)) is { } reference)
        {
            return reference.Attribute is null ? ("ResourceReference", reference.Name) : ("ResourceAttribute", $"{reference.Name}.{reference.Attribute}");
        }

        var old = stack.Definition?.Template.Resources.GetValueOrDefault(declaration.LogicalId)?.Properties[property];
        var parameter = references.FirstOrDefault(one => next.Parameters.ContainsKey(one.Name) && stack.Definition?.Parameters.GetValueOrDefault(one.Name) != next.Parameters[one.Name]);
        return parameter is not null && JsonNode.DeepEquals(old, declaration.Properties[property]) ? ("ParameterReference", parameter.Name) : ("DirectModification", null);
    }

    private static IEnumerable<ResourceDeclaration> Ordered(Template template, ImmutableSortedDictionary<string, ResourceDeclaration> declared)
    {
        var left = declared.Values.ToList();
        while (left.Count > 0)
        {
            foreach (var free in left.Where(one => !TemplateChecks.Dependencies(template, one).Any(name => name != one.LogicalId && left.Exists(other => other.LogicalId == name))).ToList())
            {
                left.Remove(free);
                yield return free;
            }
        }
    }

    private static JsonObject Context(JsonObject properties, JsonObject? metadata)
    {
        var context = new JsonObject { ["Properties"] = properties.DeepClone() };
        if (metadata is not null)
        {
            context["Metadata"] = metadata.DeepClone();
        }

        return context;
    }
}
