using MlDeploy.Aws.Clients.CloudFormation;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>The operation that goes on: followed to its end, and known to those who ask what is waited for or what would go on without this process.</summary>
internal sealed class StackFollowing(CloudFormationClient cloudFormation, IProgress<ProvisioningNews> progress, PollPace pace, TimeProvider clock)
{
    private StackWatch? watch;

    /// <summary>What AWS goes on doing if this process ends now; null: nothing. Said before the call that begins it; ends with the operation.</summary>
    public string? UnderWay { get; set; }

    /// <summary>What is waited for, for a heartbeat.</summary>
    public string Waiting => watch?.Waiting ?? "asking CloudFormation";

    /// <summary>The newest event of a stack: what comes after it belongs to the next operation.</summary>
    public Task<string?> LastEventAsync(string stackId, CancellationToken stop) => StackWatch.LastEventAsync(cloudFormation, stackId, stop);

    /// <param name="after">The newest event before the operation; null: it began at <paramref name="since"/>.</param>
    /// <param name="start">Looks at the first tasks beside.</param>
    /// <exception cref="ServiceNeverStartedException">Of <paramref name="start"/>; the operation goes on.</exception>
    public async Task<StackOutcome> FollowAsync(string id, string? after, DateTimeOffset since, ServiceStart? start, CancellationToken stop)
    {
        watch = new StackWatch(cloudFormation, progress, clock, pace);
        try
        {
            var outcome = await watch.FollowAsync(id, after, since, start is null ? null : watch => start.LookAsync(watch, stop), stop);
            UnderWay = null;
            return outcome;
        }
        finally
        {
            watch = null;
        }
    }
}
