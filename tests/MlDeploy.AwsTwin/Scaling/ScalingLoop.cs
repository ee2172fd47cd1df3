using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Alarms;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Scaling;

/// <summary>Scales ECS services by their policies' alarms and by schedule.</summary>
internal sealed class ScalingLoop(TwinContext context, ScalingBook book, AlarmBook alarms, EcsBook ecs)
{
    private DateTimeOffset next;

    /// <summary>How often an alarm that stays on acts again.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    public async Task TickAsync(CancellationToken cancel)
    {
        var now = context.Clock.GetUtcNow();
        List<ScalableTarget> targets;
        lock (book.Gate)
        {
            Settle(now);
            targets = [.. book.Targets.Values];
        }

        await RunDueAsync(now, cancel);
        if (now < next)
            return;
        next = now + Pace;
        foreach (var target in targets)
            await TrackAsync(target, now, cancel);
    }

    /// <summary>Brings the capacity between the bounds.</summary>
    public async Task KeepWithinAsync(ScalableTarget target, CancellationToken cancel)
    {
        if (Capacity(target.Resource, target.Region) is not { } current)
            return;
        if (current < target.Minimum)
            await SetAsync(target, target.Minimum, $"minimum capacity was set to {target.Minimum}", cancel);
        else if (current > target.Maximum)
            await SetAsync(target, target.Maximum, $"maximum capacity was set to {target.Maximum}", cancel);
    }

    private async Task TrackAsync(ScalableTarget target, DateTimeOffset now, CancellationToken cancel)
    {
        if (Capacity(target.Resource, target.Region) is not { } current || current == 0)
            return;
        List<ScalingPolicy> policies;
        DateTimeOffset lastOut, lastIn;
        lock (book.Gate)
        {
            policies = [.. book.Policies.Where(policy => policy.Resource == target.Resource && policy.HighAlarm is not null)];
            lastOut = book.LastOut.GetValueOrDefault(target.Resource);
            lastIn = book.LastIn.GetValueOrDefault(target.Resource);
        }

        var all = alarms.All;
        // Whichever policy wants most decides.
        var over = policies.Where(policy => IsOn(policy.HighAlarm)).Select(policy => (policy, Wanted: Wanted(policy, policy.HighAlarm!, current))).OrderByDescending(each => each.Wanted).FirstOrDefault();
        if (over.policy is { } high)
        {
            var wanted = Math.Min(Math.Max(over.Wanted, current + 1), target.Maximum);
            if (wanted > current && !target.Suspended.Out && now - lastOut >= high.OutCooldown)
                await SetAsync(target, wanted, $"monitor alarm {high.HighAlarm} in state ALARM triggered policy {high.Name}", cancel);
            return;
        }

        // In only when every policy that may scale in agrees.
        var low = policies.Where(policy => policy.LowAlarm is not null).ToList();
        if (low.Count == 0 || !low.TrueForAll(policy => IsOn(policy.LowAlarm)) || target.Suspended.In)
            return;
        var kept = Math.Max(low.Max(policy => Wanted(policy, policy.LowAlarm!, current)), target.Minimum);
        var last = lastOut > lastIn ? lastOut : lastIn;
        if (kept < current && now - last >= low.Max(policy => policy.InCooldown))
            await SetAsync(target, kept, $"monitor alarm {low[0].LowAlarm} in state ALARM triggered policy {low[0].Name}", cancel);

        bool IsOn(string? name) => name is not null && all.GetValueOrDefault(name) is { State: AlarmState.Alarm, ActionsEnabled: true };

        int Wanted(ScalingPolicy policy, string alarm, int capacity) =>
            all[alarm].Recent is [var value, ..] ? (int)Math.Ceiling(Math.Min(capacity * value / policy.TargetValue, int.MaxValue / 2)) : capacity;
    }

    private async Task RunDueAsync(DateTimeOffset now, CancellationToken cancel)
    {
        List<ScalableTarget> changed = [];
        lock (book.Gate)
        {
            foreach (var action in book.Schedules.Where(action => action.Due <= now).ToList())
            {
                book.Schedules.Remove(action);
                if (action.After(now) is { } again && (action.End is not { } end || again < end))
                    book.Schedules.Add(action with { Due = again });
                if (!book.Targets.TryGetValue(action.Resource, out var target) || target.Suspended.Scheduled)
                    continue;
                var bounded = target with { Minimum = action.Minimum ?? target.Minimum, Maximum = action.Maximum ?? target.Maximum };
                book.Targets[action.Resource] = bounded;
                changed.Add(bounded);
            }
        }

        foreach (var target in changed)
            await KeepWithinAsync(target, cancel);
    }

    private async Task SetAsync(ScalableTarget target, int count, string cause, CancellationToken cancel)
    {
        var now = context.Clock.GetUtcNow();
        var (cluster, service) = Name(target.Resource);
        var activity = new ScalingActivity(Guid.NewGuid().ToString(), target.Resource, $"Setting desired count to {count}.", cause, count, now)
        {
            Message = $"Successfully set desired count to {count}. Waiting for change to be fulfilled by ecs.",
        };
        try
        {
            var before = Capacity(target.Resource, target.Region) ?? 0;
            using var caller = context.Caller("application-autoscaling", target.Region);
            await caller.JsonAsync("ecs", "UpdateService", new JsonObject { ["cluster"] = cluster, ["service"] = service, ["desiredCount"] = count }, cancel);
            lock (book.Gate)
                (count > before ? book.LastOut : book.LastIn)[target.Resource] = now;
        }
        catch (AwsError error)
        {
            activity = activity with { Status = "Failed", Ended = now, Message = $"Failed to set desired count to {count}. Reason: {error.Message}" };
        }

        lock (book.Gate)
            book.Activities.Insert(0, activity);
    }

    private void Settle(DateTimeOffset now)
    {
        for (var i = 0; i < book.Activities.Count; i++)
        {
            var activity = book.Activities[i];
            if (activity.Status != "InProgress" || !book.Targets.TryGetValue(activity.Resource, out var target) || !IsFulfilled(activity, target))
                continue;
            book.Activities[i] = activity with { Status = "Successful", Ended = now, Message = $"Successfully set desired count to {activity.Count}. Change successfully fulfilled by ecs." };
        }
    }

    private bool IsFulfilled(ScalingActivity activity, ScalableTarget target)
    {
        var (cluster, service) = Name(activity.Resource);
        var region = target.Region;
        return ecs.Tasks.Count(task => task.IsRunning && task.Cluster == cluster && task.Group == $"service:{service}" && task.Arn.Contains($":{region}:", StringComparison.Ordinal)) == activity.Count;
    }

    private int? Capacity(ScalableResource resource, string region)
    {
        if (resource.Namespace != "ecs")
            return null;
        var (cluster, service) = Name(resource);
        lock (ecs.Gate)
            return ecs.Services.GetValueOrDefault(EcsNames.Service(region, cluster, service)) is { Status: "ACTIVE" } found ? found.DesiredCount : null;
    }

    private static (string Cluster, string Service) Name(ScalableResource resource) =>
        resource.ResourceId.Split('/') is [_, var cluster, var service] ? (cluster, service) : ("", "");
}
