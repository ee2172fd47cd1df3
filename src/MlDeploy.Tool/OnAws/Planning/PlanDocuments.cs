using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MlDeploy.Aws.Cost;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Tool.OnAws.Planning;

/// <summary>`mldeploy/stack-plan/v1`</summary>
/// <param name="Changes">What `--detailed-exitcode` turns into exit 2: something for `provision` to do.</param>
/// <param name="Cost">The fixed monthly cost, when it was asked for and there are prices for the region.</param>
internal sealed record StackPlanDocument(string Application, string Target, bool Changes, ImmutableArray<PlannedStack> Stacks, MonthlyCost? Cost = null);

internal sealed record PlannedStack(
    string Kind,
    string Name,
    StackAction Action,
    string? Status,
    ImmutableArray<PlannedResource> Resources,
    ImmutableArray<PlannedProperty> Outputs,
    ImmutableArray<PlannedProperty> Other,
    ImmutableArray<PlannedResource> AtDeploy,
    ImmutableArray<LeftAlone> LeftAlone,
    ImmutableArray<string> Notes);

internal sealed record PlannedResource(
    string LogicalId, string Type, ResourceAction Action, string? Note, string? Refused, ImmutableArray<PlannedProperty> Properties, ImmutableArray<PlannedProperty> Attributes);

internal sealed record PlannedProperty(string Path, JsonNode? Old, JsonNode? New, Consequence Consequence, string? Because);

/// <summary>The same as the text, for programs.</summary>
internal static class PlanDocuments
{
    public static StackPlanDocument Of(string application, IReadOnlyList<StackPlan> plans) =>
        new(application, "aws", plans.Any(plan => plan.Action != StackAction.None), [.. plans.Select(Stack)]);

    private static PlannedStack Stack(StackPlan plan) => new(
        plan.Kind, plan.Name, plan.Action, plan.Status, [.. plan.Resources.Select(Resource)], [.. plan.Outputs.Select(Property)],
        [.. plan.Other.Select(Property)], [.. plan.AtDeploy.Select(Resource)], plan.LeftAlone, plan.Notes);

    private static PlannedResource Resource(ResourceChange resource) => new(
        resource.LogicalId, resource.Type, resource.Action, resource.Note, resource.Refused, [.. resource.Properties.Select(Property)], [.. resource.Attributes.Select(Property)]);

    private static PlannedProperty Property(PropertyChange change) => new(change.Path.Text, change.Old, change.New, change.Consequence, change.Because);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CamelCaseEnum<StackAction>), typeof(CamelCaseEnum<ResourceAction>), typeof(CamelCaseEnum<Consequence>), typeof(CamelCaseEnum<StackKind>)])]
[JsonSerializable(typeof(StackPlanDocument))]
internal sealed partial class PlanJson : JsonSerializerContext;

/// <summary>Enumerations as programs like them: `inPlace`.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(System.Text.Json.JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
