using System.Collections.Immutable;

namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>A target's health as DescribeTargetHealth tells it.</summary>
internal sealed record TargetHealth(string Id, int Port, string State, string? Reason, string? Description);

/// <summary>The targets of all groups.</summary>
internal sealed class TargetRegistry(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<Target>> groups = [];

    public void Register(string groupArn, string id, int port)
    {
        lock (gate)
        {
            var targets = Of(groupArn);
            targets.RemoveAll(target => target.Id == id && target.Port == port && target.State == TargetState.Draining);
            if (!targets.Exists(target => target.Id == id && target.Port == port))
                targets.Add(new Target(id, port, time.GetUtcNow()));
        }
    }

    /// <param name="port">Null: every port of that target.</param>
    public void Deregister(TargetGroup group, string id, int? port)
    {
        lock (gate)
        {
            foreach (var target in Of(group.Arn).Where(target => target.Id == id && target.Port == (port ?? target.Port) && target.State != TargetState.Draining))
                target.Drain(time.GetUtcNow() + group.DeregistrationDelay);
        }
    }

    public void Forget(string groupArn)
    {
        lock (gate)
            groups.Remove(groupArn);
    }

    /// <summary>
    /// Where the balancer may send: the healthy ones; when there are none it "fails open" to all that are not draining, as an ALB does.
    /// </summary>
    public ImmutableArray<Target> Routable(string groupArn)
    {
        lock (gate)
        {
            var present = Of(groupArn).Where(target => target.State != TargetState.Draining).ToImmutableArray();
            var healthy = present.Where(target => target.State == TargetState.Healthy).ToImmutableArray();
            return healthy.IsEmpty ? present : healthy;
        }
    }

    public ImmutableArray<TargetHealth> Health(string groupArn, bool isUsed)
    {
        lock (gate)
        {
            return
            [
                .. Of(groupArn).Select(target => isUsed || target.State == TargetState.Draining
                    ? new TargetHealth(target.Id, target.Port, target.State.ToString().ToLowerInvariant(), target.Reason?.Code, target.Reason?.Text)
                    : new TargetHealth(target.Id, target.Port, "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")),
            ];
        }
    }

    public (int Healthy, int Unhealthy) Count(string groupArn)
    {
        lock (gate)
        {
            var targets = Of(groupArn);
            return (targets.Count(target => target.State == TargetState.Healthy), targets.Count(target => target.State == TargetState.Unhealthy));
        }
    }

    /// <summary>Targets whose next check is due, marked as being checked; forgets those that have drained.</summary>
    public ImmutableArray<Target> TakeDue(TargetGroup group)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            var targets = Of(group.Arn);
            targets.RemoveAll(target => target.State == TargetState.Draining && target.DrainedAt <= now);
            var due = targets.Where(target => target.State != TargetState.Draining && !target.IsChecked && target.NextCheck <= now).ToImmutableArray();
            foreach (var target in due)
            {
                target.IsChecked = true;
                target.NextCheck = now + group.HealthCheck.Interval;
            }

            return due;
        }
    }

    public void Note(Target target, Action<Target> result)
    {
        lock (gate)
        {
            result(target);
            target.IsChecked = false;
        }
    }

    private List<Target> Of(string groupArn)
    {
        if (!groups.TryGetValue(groupArn, out var targets))
            groups[groupArn] = targets = [];
        return targets;
    }
}
