using System.Collections.Immutable;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>How often a stack's events are read. One call a poll; CloudFormation allows about ten a second to the whole account.</summary>
/// <param name="First">Between the first two polls.</param>
/// <param name="Slowest">Polls slow down to this by a quarter each time, and are quick again when something happens.</param>
public sealed record PollPace(TimeSpan First, TimeSpan Slowest)
{
    public static PollPace Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
}

/// <summary>How an operation on a stack ended.</summary>
/// <param name="Events">Of this operation, oldest first.</param>
internal sealed record StackOutcome(string Status, ImmutableArray<StackEvent> Events)
{
    public bool Succeeded => StackStates.Succeeded(Status);
}

/// <summary>Follows one operation on a stack by its events: tells each resource with the time it took, until the stack stands still.</summary>
internal sealed class StackWatch(CloudFormationClient cloudFormation, IProgress<ProvisioningNews> progress, TimeProvider clock, PollPace pace)
{
    private readonly Dictionary<string, DateTimeOffset> started = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> begun = new(StringComparer.Ordinal);
    private readonly List<StackEvent> seen = [];
    private ImmutableSortedDictionary<string, StackEvent> underWay = ImmutableSortedDictionary<string, StackEvent>.Empty;

    /// <summary>What is waited for, for a heartbeat.</summary>
    public string Waiting => underWay.IsEmpty
        ? "waiting for CloudFormation"
        : string.Join(", ", underWay.Values.Select(entry => $"{entry.LogicalResourceId} for {Words.Of(clock.GetElapsedTime(begun.GetValueOrDefault(entry.LogicalResourceId ?? "", clock.GetTimestamp())))}{(SlowResources.Tell(entry.ResourceType ?? "") is { } slow ? $" ({slow})" : "")}"));

    /// <summary>Resources whose operation has begun and not ended, with the event that began it.</summary>
    public IEnumerable<StackEvent> UnderWay => underWay.Values;

    public IEnumerable<StackEvent> Seen => seen;

    /// <summary>The newest event of a stack: what comes after it belongs to the next operation.</summary>
    public static async Task<string?> LastEventAsync(CloudFormationClient cloudFormation, string stackId, CancellationToken stop) =>
        (await cloudFormation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = stackId }, stop)).StackEvents.FirstOrDefault()?.EventId;

    /// <param name="stackId">Not the name: a deleted stack is found by its id only.</param>
    /// <param name="after">The newest event before the operation; null: the operation began at <paramref name="since"/>.</param>
    /// <param name="each">Looks at the operation after every poll; may end it by an exception.</param>
    public async Task<StackOutcome> FollowAsync(string stackId, string? after, DateTimeOffset since, Func<StackWatch, Task>? each, CancellationToken stop)
    {
        var wait = pace.First;
        while (true)
        {
            var news = await NewEventsAsync(stackId, after, since, stop);
            foreach (var entry in news)
            {
                Tell(entry);
            }

            if (Ending(stackId) is { } status)
            {
                return new StackOutcome(status, [.. seen]);
            }

            if (each is not null)
            {
                await each(this);
            }

            wait = news.Count > 0 ? pace.First : TimeSpan.FromTicks(Math.Min(wait.Ticks * 5 / 4, pace.Slowest.Ticks));
            await Task.Delay(wait, clock, stop);
        }
    }

    private async Task<List<StackEvent>> NewEventsAsync(string stackId, string? after, DateTimeOffset since, CancellationToken stop)
    {
        var known = seen.Count > 0 ? seen[^1].EventId : after;
        var news = new List<StackEvent>();
        await foreach (var entry in cloudFormation.StackEventsAsync(stackId, stop))
        {
            if (entry.EventId == known || (known is null && entry.Timestamp < since))
            {
                break;
            }

            news.Add(entry);
        }

        news.Reverse();
        seen.AddRange(news);
        return news;
    }

    /// <summary>The stack's own last event, when it says that nothing goes on any more.</summary>
    private string? Ending(string stackId) =>
        seen.LastOrDefault(entry => entry.PhysicalResourceId == stackId)?.ResourceStatus is { } status && !status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) ? status : null;

    private void Tell(StackEvent entry)
    {
        if (entry.PhysicalResourceId == entry.StackId)
        {
            underWay = underWay.Clear();
            return;
        }

        var id = entry.LogicalResourceId ?? "";
        var status = entry.ResourceStatus ?? "";
        if (status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))
        {
            Begin(id, status, entry);
            return;
        }

        underWay = underWay.Remove(id);
        var took = started.Remove(id, out var began) ? $" in {Words.Of(entry.Timestamp - began)}" : "";
        if (status.EndsWith("_COMPLETE", StringComparison.Ordinal))
        {
            progress.Report(new(NewsKind.Done, $"{Verb(status)} {id}{took}", entry.Timestamp));
        }
        else if (status.EndsWith("_FAILED", StringComparison.Ordinal))
        {
            var cancelled = entry.ResourceStatusReason?.Contains("cancelled", StringComparison.OrdinalIgnoreCase) == true;
            progress.Report(cancelled
                ? new(NewsKind.State, $"cancelled {id}, because another failed", entry.Timestamp)
                : new(NewsKind.Failed, $"failed {id} ({entry.ResourceType}){took}: {entry.ResourceStatusReason}", entry.Timestamp));
        }
    }

    private void Begin(string id, string status, StackEvent entry)
    {
        if (started.ContainsKey(id))
        {
            // "Resource creation Initiated" comes as a second event of the same beginning, now with the physical id.
            underWay = underWay.SetItem(id, underWay.GetValueOrDefault(id, entry) with { PhysicalResourceId = entry.PhysicalResourceId });
            return;
        }

        started[id] = entry.Timestamp;
        begun[id] = clock.GetTimestamp();
        underWay = underWay.SetItem(id, entry);
        if (status == "CREATE_IN_PROGRESS" && SlowResources.Tell(entry.ResourceType ?? "") is { } slow)
        {
            progress.Report(new(NewsKind.State, $"creating {id}: {slow}", entry.Timestamp));
        }
    }

    private static string Verb(string status) => status switch
    {
        "CREATE_COMPLETE" => "created",
        "UPDATE_COMPLETE" => "updated",
        "DELETE_COMPLETE" => "deleted",
        "DELETE_SKIPPED" => "kept",
        "IMPORT_COMPLETE" => "imported",
        _ => "took back",
    };
}
