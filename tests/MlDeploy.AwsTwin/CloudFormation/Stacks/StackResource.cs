using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.CloudFormation.Stacks;

/// <summary>One resource as it stands now. A stack's resources are replaced, never changed, so that a roll back has the old ones.</summary>
internal sealed record StackResource
{
    public required string LogicalId { get; init; }

    public required string Type { get; init; }

    public string? PhysicalId { get; init; }

    public required string Status { get; init; }

    public string? Reason { get; init; }

    /// <summary>Evaluated, typed as the schema says.</summary>
    public required JsonObject Properties { get; init; }

    /// <summary>What Fn::GetAtt gives.</summary>
    public JsonObject Attributes { get; init; } = [];

    /// <summary>The stack's tags when it was last made or updated.</summary>
    public required ImmutableSortedDictionary<string, string> StackTags { get; init; }

    public required string DeletionPolicy { get; init; }

    public required string UpdateReplacePolicy { get; init; }

    public required ImmutableArray<string> DependsOn { get; init; }

    public JsonObject? Metadata { get; init; }

    public required DateTimeOffset Timestamp { get; init; }
}

internal sealed record StackEvent(
    string EventId, DateTimeOffset Timestamp, string LogicalId, string PhysicalId, string Type, string Status, string? Reason, JsonObject? Properties, string? Token);

internal sealed record StackOutput(string Key, string Value, string? Description, string? ExportName);
