using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Stacks;

namespace MlDeploy.AwsTwin.CloudFormation.Changes;

/// <summary>A change set: asked for, worked out on the twin's clock, then executed or deleted.</summary>
internal sealed record ChangeSet
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>CREATE or UPDATE.</summary>
    public required string Type { get; init; }

    public required StackDefinition Definition { get; init; }

    public string? Description { get; init; }

    public string? OnStackFailure { get; init; }

    public required DateTimeOffset Created { get; init; }

    public string Status { get; init; } = "CREATE_PENDING";

    public string? Reason { get; init; }

    public string ExecutionStatus { get; init; } = "UNAVAILABLE";

    public ImmutableArray<PlannedChange> Changes { get; init; } = [];
}

/// <param name="Action">Add, Modify or Remove.</param>
/// <param name="Replaces">Null for Add and Remove.</param>
internal sealed record PlannedChange(
    string LogicalId, string Type, string Action, Replaces? Replaces, string? PhysicalId, string? PolicyAction, ImmutableArray<ChangeDetail> Details, JsonObject? Before, JsonObject? After);

internal enum Replaces
{
    False,
    Conditional,
    True,
}

/// <param name="Scope">Properties, Tags, Metadata, DeletionPolicy or UpdateReplacePolicy.</param>
/// <param name="Path">As `/Properties/Tags/0/Value`.</param>
/// <param name="IsDynamic">Whether the value is only known once the change set was executed.</param>
/// <param name="Cause">The parameter, resource or attribute that made it change, if not the template itself.</param>
internal sealed record ChangeDetail(
    string Scope, string? Name, string Path, string? Before, string? After, Recreation Recreation, bool IsDynamic, string Source, string? Cause)
{
    public string Kind => Before is null ? "Add" : After is null ? "Remove" : "Modify";
}
