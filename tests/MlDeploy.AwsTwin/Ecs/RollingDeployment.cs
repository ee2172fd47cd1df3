namespace MlDeploy.AwsTwin.Ecs;

/// <summary>The ECS controller's rolling update: how many tasks the new deployment and the old ones may have at this moment.</summary>
internal static class RollingDeployment
{
    public static void Plan(EcsService service, Func<TaskSet, int> ready, Func<TaskSet, int> live)
    {
        if (!service.IsRolling || service.Primary is not { } primary)
            return;
        var olds = service.Sets.Where(set => set != primary).OrderBy(set => set.Created).ToList();
        var atLeast = (int)Math.Ceiling(service.DesiredCount * service.MinimumHealthyPercent / 100.0);
        var atMost = Math.Max((int)Math.Floor(service.DesiredCount * service.MaximumPercent / 100.0), 1);
        var kept = Math.Max(0, atLeast - ready(primary));
        foreach (var old in Enumerable.Reverse(olds))
        {
            old.Quota = Math.Min(kept, live(old));
            kept -= old.Quota.Value;
        }

        primary.Quota = Math.Clamp(atMost - olds.Sum(live), 0, service.DesiredCount);
    }

    /// <summary>The deployment circuit breaker: half the desired count failed, at least 3 and at most 200 tasks.</summary>
    public static void BreakCircuit(EcsService service, TaskSet primary, DateTimeOffset now)
    {
        var threshold = Math.Clamp((int)Math.Ceiling(service.DesiredCount / 2.0), 3, 200);
        if (!service.BreaksCircuit || primary.RolloutState != "IN_PROGRESS" || primary.FailedTasks < threshold)
            return;
        (primary.RolloutState, primary.RolloutReason) = ("FAILED", "ECS deployment circuit breaker: tasks failed to start.");
        service.Say(now, $"(deployment {primary.Id}) deployment failed: tasks failed to start.");
        if (!service.RollsBack || service.Sets.FindLast(set => set != primary && set.RolloutState == "COMPLETED") is not { } last)
            return;
        service.Say(now, $"rolling back to deployment {last.Id}.");
        (primary.Status, last.Status) = ("ACTIVE", "PRIMARY");
        (last.RolloutState, last.RolloutReason) = ("IN_PROGRESS", $"ECS deployment circuit breaker: rolling back to deploymentId {last.Id}.");
        service.TaskDefinitionArn = last.TaskDefinitionArn;
    }
}
