using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Changes;
using MlDeploy.AwsTwin.CloudFormation.Operations;
using MlDeploy.AwsTwin.CloudFormation.Templates;

namespace MlDeploy.AwsTwin.CloudFormation.Stacks;

/// <summary>What a stack was asked to be: replaced whole by each create or update, and put back by a roll back.</summary>
internal sealed record StackDefinition(
    Template Template,
    ImmutableSortedDictionary<string, string> Parameters,
    ImmutableSortedDictionary<string, string> Tags,
    ImmutableArray<string> Capabilities,
    ImmutableArray<string> NotificationArns,
    string? RoleArn);

/// <summary>One stack. Everything below is read and written under <see cref="Gate"/>.</summary>
internal sealed class Stack(string name, string id, string region, DateTimeOffset created, TimeProvider clock)
{
    private readonly List<StackEvent> events = [];

    public Lock Gate { get; } = new();

    public string Name => name;

    public string Id => id;

    public string Region => region;

    public DateTimeOffset Created => created;

    /// <summary>Null while there is only a change set.</summary>
    public StackDefinition? Definition { get; set; }

    public string Status { get; private set; } = "";

    public string? Reason { get; private set; }

    public DateTimeOffset? Updated { get; set; }

    public DateTimeOffset? Deleted { get; private set; }

    public bool DisableRollback { get; set; }

    /// <summary>The change set that was executed last.</summary>
    public string? ChangeSetId { get; set; }

    /// <summary>A creation that is rolled back removes also what has DeletionPolicy: Retain.</summary>
    public bool RetainExceptOnCreate { get; set; }

    public bool TerminationProtection { get; set; }

    public int? TimeoutMinutes { get; set; }

    public JsonNode? Policy { get; set; }

    public ImmutableSortedDictionary<string, StackResource> Resources { get; private set; } = ImmutableSortedDictionary.Create<string, StackResource>(StringComparer.Ordinal);

    public ImmutableArray<StackOutput> Outputs { get; set; } = [];

    /// <summary>What a failed update can be rolled back to; null when there is nothing to roll back.</summary>
    public Before? Before { get; set; }

    /// <summary>Cancels what is, or was last, under way.</summary>
    public CancellationTokenSource? Running { get; set; }

    /// <summary>What is, or was last, under way; the next waits for it to end.</summary>
    public Task Operation { get; set; } = Task.CompletedTask;

    public Dictionary<string, ChangeSet> ChangeSets { get; } = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<StackEvent> Events
    {
        get
        {
            lock (Gate)
            {
                return [.. events];
            }
        }
    }

    public bool IsDeleted => Status == "DELETE_COMPLETE";

    public bool IsBusy => Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) && Status != "REVIEW_IN_PROGRESS";

    public void Enter(string status, string? reason, string? token)
    {
        lock (Gate)
        {
            (Status, Reason) = (status, reason);
            if (status == "DELETE_COMPLETE")
            {
                Deleted = clock.GetUtcNow();
            }

            events.Add(new StackEvent(Guid.NewGuid().ToString(), clock.GetUtcNow(), name, id, "AWS::CloudFormation::Stack", status, reason, null, token));
        }
    }

    /// <summary>Puts the resource where it stands and tells it as an event.</summary>
    public void Put(StackResource resource, string? token)
    {
        lock (Gate)
        {
            Resources = Resources.SetItem(resource.LogicalId, resource);
        }

        Tell(resource, token);
    }

    /// <summary>Puts the resource where it stands without telling.</summary>
    public void Settle(StackResource resource)
    {
        lock (Gate)
        {
            Resources = Resources.SetItem(resource.LogicalId, resource);
        }
    }

    /// <summary>An event of a resource that is not, or no longer, the stack's current one of its name.</summary>
    public void Tell(StackResource resource, string? token)
    {
        lock (Gate)
        {
            events.Add(new StackEvent($"{resource.LogicalId}-{(resource.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) ? Guid.NewGuid().ToString() : $"{resource.Status}-{clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ}")}",
                clock.GetUtcNow(), resource.LogicalId, resource.PhysicalId ?? "", resource.Type, resource.Status, resource.Reason, resource.Properties, token));
        }
    }

    public void Forget(string logicalId)
    {
        lock (Gate)
        {
            Resources = Resources.Remove(logicalId);
        }
    }

    public StackResource? Find(string logicalId)
    {
        lock (Gate)
        {
            return Resources.GetValueOrDefault(logicalId);
        }
    }
}
