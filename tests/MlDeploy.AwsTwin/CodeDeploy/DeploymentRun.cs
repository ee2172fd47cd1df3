using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>
/// One deployment from Created to its end, as the user guide tells it ("What happens during an Amazon ECS deployment"): the
/// replacement task set, the test listener, the wait for ContinueDeployment, the shift, the wait before the original task set ends.
/// </summary>
internal sealed class DeploymentRun(TwinContext context, DeploymentSurroundings around, DeploymentControl control, string id)
{
    /// <summary>"This time out period is 60 minutes."</summary>
    private static readonly TimeSpan HealthLimit = TimeSpan.FromMinutes(60);

    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(60);

    private readonly DeploymentSteps steps = new(context.Clock, around, id);

    private Deployment Now => around.Book.Get(id);

    private DeploymentManners Manners => context.Options.Deployments;

    private string Role => Now.GroupSettings.Text("serviceRoleArn")!;

    public async Task RunAsync()
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(context.Ending);
        var watch = Task.CompletedTask;
        try
        {
            await PrepareAsync();
            watch = new DeploymentWatch(context, around, control, id).WatchAsync(watching.Token);
            await DeployAsync();
            control.Close();
            await FinishAsync();
        }
        catch (DeploymentFailure failure)
        {
            await EndAsync(new Interruption("Failed", failure.Error, DeploymentRules.RollsBack(Now, "DEPLOYMENT_FAILURE")));
        }
        catch (OperationCanceledException) when (control.Interruption is { } why)
        {
            await EndAsync(why);
        }
        catch (OperationCanceledException) when (context.Ending.IsCancellationRequested)
        {
            // The twin ends.
        }
        catch (Exception surprise) when (!context.Ending.IsCancellationRequested)
        {
            // A fault of the twin's own: said with its stack, so that nobody takes it for AWS's, and the group is not blocked by it.
            await EndAsync(new Interruption("Failed", new DeploymentError("INTERNAL_ERROR", $"The twin failed: {surprise}"), DeploymentRules.RollsBack(Now, "DEPLOYMENT_FAILURE")));
        }
        finally
        {
            await watching.CancelAsync();
            await watch;
        }
    }

    private async Task PrepareAsync()
    {
        await control.WaitAsync("start", TimeSpan.FromSeconds(1), context.Clock);
        await steps.MoveAsync(now => now with { Status = "Queued" });
        await control.WaitAsync("start", TimeSpan.FromSeconds(1), context.Clock);
        await around.CheckRoleAsync(Now, Role);
        if (await new AlarmPoll(context, Now).AskAsync() is { } firing)
        {
            control.Interrupt(new Interruption("Stopped", firing, DeploymentRules.RollsBack(Now, "DEPLOYMENT_STOP_ON_ALARM")));
            control.Stopping.ThrowIfCancellationRequested();
        }

        await steps.MoveAsync(now => now with
        {
            Status = "InProgress",
            Started = context.Clock.GetUtcNow(),
            Events = [.. DeploymentSteps.Names.Select(name => new LifecycleEvent(name))],
        });
    }

    private async Task DeployAsync()
    {
        var spec = await around.ReadSpecAsync(Now);
        await steps.HookAsync("BeforeInstall", spec);
        await steps.DoAsync("Install", () => InstallAsync(spec));
        await steps.HookAsync("AfterInstall", spec);
        if (TestListeners.Any())
        {
            await steps.DoAsync("AllowTestTraffic", () => Refusals.BalancerAsync(Role, () => Traffic().SetAsync(TestListeners, 100)));
            await steps.HookAsync("AfterAllowTestTraffic", spec);
        }
        else
        {
            steps.Skip("AllowTestTraffic", "AfterAllowTestTraffic");
        }

        await AwaitReadyAsync();
        await steps.HookAsync("BeforeAllowTraffic", spec);
        await steps.DoAsync("AllowTraffic", ShiftAsync);
        await steps.HookAsync("AfterAllowTraffic", spec);
        await BakeAsync();
    }

    private async Task InstallAsync(AppSpec spec)
    {
        var sets = around.TaskSets(Now);
        var look = sets.Look() ?? throw new DeploymentFailure("INVALID_ECS_SERVICE", "The Amazon ECS service of the deployment group does not exist or is not active.");
        if (look.Controller != "CODE_DEPLOY")
        {
            throw new DeploymentFailure("INVALID_ECS_SERVICE", "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller.");
        }

        if (look.Primary is not ({ } primary, { } blueGroup))
        {
            throw new DeploymentFailure("INVALID_ECS_SERVICE", "Deployment group's ECS service must have a primary task set with a target group.");
        }

        var greenGroup = around.OtherGroup(Now, blueGroup);
        around.Book.Change(id, now => now with { BlueSet = primary, BlueGroup = blueGroup, GreenGroup = greenGroup });
        foreach (var listener in ProductionListeners)
        {
            if (!await Traffic().LeadsToBlueAsync(listener))
            {
                throw new DeploymentFailure("ELASTIC_LOAD_BALANCING_INVALID", $"Primary taskset target group must be behind listener {listener}");
            }
        }

        // What a stopped deployment left, and the weights it left: all traffic is the primary's before anything new stands behind a listener.
        await Refusals.BalancerAsync(Role, () => Traffic().SetAsync(ProductionListeners, 0));
        foreach (var leftover in look.Others)
        {
            await Refusals.EcsAsync(Role, () => sets.DeleteAsync(leftover));
        }

        control.Stopping.ThrowIfCancellationRequested();
        var green = await Refusals.EcsAsync(Role, () => sets.CreateAsync(id, spec, greenGroup));
        around.Book.Change(id, now => now with { GreenSet = green });
        if (!await UntilAsync(HealthLimit, seen => seen.Steady.Contains(green)))
        {
            throw new DeploymentFailure("TIMEOUT", "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.");
        }
    }

    private async Task AwaitReadyAsync()
    {
        var ready = Now.GroupSettings.Object("blueGreenDeploymentConfiguration").Object("deploymentReadyOption");
        if (ready.Text("actionOnTimeout") != "STOP_DEPLOYMENT")
        {
            return;
        }

        var time = TimeSpan.FromMinutes(ready.Whole("waitTimeInMinutes") ?? 0);
        if (Manners.LateSeconds > 0)
        {
            await steps.MoveAsync(now => now with { Status = "Ready" });
            await LateAsync();
        }

        var waiting = control.WaitAsync("READY_WAIT", time, context.Clock);
        await steps.MoveAsync(now => now with { Status = "Ready" });
        if (!await waiting)
        {
            control.Interrupt(new Interruption("Stopped",
                new DeploymentError("TIMEOUT", $"The deployment was stopped because traffic rerouting was not started within the wait time of {time.TotalMinutes:0} minutes."),
                DeploymentRules.RollsBack(Now, "DEPLOYMENT_STOP_ON_REQUEST")));
            control.Stopping.ThrowIfCancellationRequested();
        }

        await steps.MoveAsync(now => now with { Status = "InProgress" });
    }

    private async Task ShiftAsync()
    {
        foreach (var step in TrafficPlan.Of(around.Configuration(Now)))
        {
            control.Stopping.ThrowIfCancellationRequested();
            await LateAsync();
            await Refusals.BalancerAsync(Role, () => Traffic().SetAsync(ProductionListeners, step.Percent));
            if (step.Hold > TimeSpan.Zero)
            {
                await control.WaitAsync("shift", step.Hold, context.Clock);
            }
        }

        await Refusals.EcsAsync(Role, () => around.TaskSets(Now).MakePrimaryAsync(Now.GreenSet!));
    }

    /// <summary>The original task set stays for a while, so that a rollback needs no new tasks.</summary>
    private async Task BakeAsync()
    {
        await LateAsync();
        var end = Now.GroupSettings.Object("blueGreenDeploymentConfiguration").Object("terminateBlueInstancesOnDeploymentSuccess");
        if (end.Text("action") != "KEEP_ALIVE" && end.Whole("terminationWaitTimeInMinutes") is > 0 and { } minutes)
        {
            var waiting = control.WaitAsync("TERMINATION_WAIT", TimeSpan.FromMinutes(minutes), context.Clock);
            around.Book.Change(id, now => now with { TerminationWaitStarted = true });
            await waiting;
        }
    }

    private async Task FinishAsync()
    {
        if (Now.GroupSettings.Object("blueGreenDeploymentConfiguration").Object("terminateBlueInstancesOnDeploymentSuccess").Text("action") != "KEEP_ALIVE")
        {
            await Refusals.EcsAsync(Role, () => around.TaskSets(Now).DeleteAsync(Now.BlueSet!));
            await UntilAsync(DrainLimit, seen => !seen.Present.Contains(Now.BlueSet!));
        }

        await steps.MoveAsync(now => now with { Status = "Succeeded", Completed = context.Clock.GetUtcNow() });
    }

    private async Task EndAsync(Interruption why)
    {
        steps.Break(why.Error.Message);
        var rollback = why.RollsBack && Now.GreenSet is not null ? around.StartRollback(Now) : null;
        await steps.MoveAsync(now => now with { Status = why.Status, Error = why.Error, Completed = context.Clock.GetUtcNow() });
        if (Manners.LateSeconds > 0)
        {
            await Task.Delay(Manners.Late, context.Clock, context.Ending);
        }

        around.Book.Change(id, now => now with
        {
            Rollback = now.Rollback is not null ? now.Rollback
                : rollback is not null ? new RollbackInfo(rollback, null, $"Deployment {now.Id} is being rolled back by deployment {rollback}.")
                : why.RollsBack ? new RollbackInfo(null, null, "There is nothing to roll back: the deployment had not created a replacement task set.")
                : null,
        });
    }

    private Task LateAsync() => Manners.LateSeconds > 0 ? control.WaitAsync("late", Manners.Late, context.Clock) : Task.CompletedTask;

    /// <returns>False when the time is up.</returns>
    private async Task<bool> UntilAsync(TimeSpan limit, Func<ServiceLook, bool> condition)
    {
        for (var until = context.Clock.GetUtcNow() + limit; context.Clock.GetUtcNow() < until;)
        {
            if (around.TaskSets(Now).Look() is { } look && condition(look))
            {
                return true;
            }

            await control.WaitAsync("tasks", around.Pace, context.Clock);
        }

        return false;
    }

    private ListenerTraffic Traffic() => new(context, Now.Region, Now.BlueGroup!, Now.GreenGroup!);

    private IEnumerable<string> ProductionListeners => Now.Pair.Object("prodTrafficRoute").Texts("listenerArns");

    private IEnumerable<string> TestListeners => Now.Pair.Object("testTrafficRoute").Texts("listenerArns");
}
