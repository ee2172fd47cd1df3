using System.Collections.Immutable;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Aws.Deploying.Watching;

namespace MlDeploy.Aws.Stacks.Watching;

/// <summary>What an application has on aws, and what of it serves.</summary>
/// <param name="Url">Where clients reach it; null while the stack does not tell.</param>
/// <param name="Groups">Blue and green.</param>
public sealed record AwsStatus(
    string Name, string Region, string? Url, ImmutableArray<StackStatusEntry> Stacks, ServiceStatus? Service, ImmutableArray<GroupStatus> Groups, ImmutableArray<TaskStatusEntry> Tasks)
{
    /// <summary>What is under way; null when nothing is.</summary>
    public DeploymentStatus? Deployment { get; init; }

    /// <summary>The last that has ended; null when there was none.</summary>
    public AwsHistoryEntry? LastDeployment { get; init; }
}

/// <param name="Since">When it got there, as far as CloudFormation tells.</param>
public sealed record StackStatusEntry(string Kind, string Name, string Status, string? Reason, DateTimeOffset Since);

public sealed record ServiceStatus(string Cluster, string Name, string Status, int Desired, int Running, int Pending, string? LastEvent);

/// <summary>One of the two target groups: an arm, when it has weight or tasks.</summary>
/// <param name="Weight">Share of production traffic, 0–1.</param>
/// <param name="TaskDefinition">`fraud-a:3`; null when no task set serves through the group.</param>
/// <param name="Image">What its application container runs.</param>
public sealed record GroupStatus(string Group, double Weight, string? TaskDefinition, string? Image, int Desired, int Running, ImmutableArray<TargetStatus> Targets)
{
    public int Healthy => Targets.Count(target => target.State == "healthy");
}

/// <param name="State">initial, healthy, unhealthy, unused, draining, unavailable.</param>
public sealed record TargetStatus(string Address, string State, string? Reason);

public sealed record TaskStatusEntry(string Id, string TaskDefinition, string Status, string? Health, DateTimeOffset? StartedAt, string? Address);
