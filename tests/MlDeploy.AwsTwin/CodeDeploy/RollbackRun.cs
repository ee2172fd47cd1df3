using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>
/// A deployment of its own that undoes another: all traffic back to the original task set, which is still there, then the
/// replacement is ended.
/// </summary>
internal sealed class RollbackRun(TwinContext context, DeploymentSurroundings around, DeploymentControl control, string id)
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(60);

    private readonly DeploymentSteps steps = new(context.Clock, around, id);

    private Deployment Now => around.Book.Get(id);

    private string Role => Now.GroupSettings.Text("serviceRoleArn")!;

    public async Task RunAsync()
    {
        try
        {
            // Nothing stops a rollback.
            control.Close();
            await Task.Delay(TimeSpan.FromSeconds(2), context.Clock, context.Ending);
            await steps.MoveAsync(now => now with { Status = "InProgress", Started = context.Clock.GetUtcNow(), Events = [.. DeploymentSteps.Names.Select(name => new LifecycleEvent(name))] });
            steps.Skip("BeforeInstall", "Install", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic");
            await steps.DoAsync("AllowTraffic", () => Refusals.BalancerAsync(Role, () => Traffic().SetAsync(Now.Pair.Object("prodTrafficRoute").Texts("listenerArns"), 0)));
            await steps.DoAsync("AllowTestTraffic", () => Refusals.BalancerAsync(Role, () => Traffic().SetAsync(Now.Pair.Object("testTrafficRoute").Texts("listenerArns"), 0)));
            await EndReplacementAsync();
            await EndAsync("Succeeded", null, $"Deployment {Now.Rollback!.Of} was rolled back by deployment {id}.");
        }
        catch (DeploymentFailure failure)
        {
            steps.Break(failure.Message);
            await EndAsync("Failed", failure.Error, $"Deployment {id} failed to roll back deployment {Now.Rollback!.Of}: {failure.Message}");
        }
        catch (OperationCanceledException) when (context.Ending.IsCancellationRequested)
        {
            // The twin ends.
        }
    }

    private async Task EndReplacementAsync()
    {
        var sets = around.TaskSets(Now);
        var look = sets.Look() ?? throw new DeploymentFailure("INVALID_ECS_SERVICE", "The Amazon ECS service of the deployment group does not exist or is not active.");
        if (!look.Present.Contains(Now.BlueSet!))
        {
            throw new DeploymentFailure("INVALID_ECS_SERVICE", $"The original task set {Now.BlueSet} does not exist any more.");
        }

        if (look.Primary?.Id != Now.BlueSet)
        {
            await Refusals.EcsAsync(Role, () => sets.MakePrimaryAsync(Now.BlueSet!));
        }

        await Refusals.EcsAsync(Role, () => sets.DeleteAsync(Now.GreenSet!));
        for (var until = context.Clock.GetUtcNow() + DrainLimit; context.Clock.GetUtcNow() < until && sets.Look()?.Present.Contains(Now.GreenSet!) == true;)
        {
            await Task.Delay(around.Pace, context.Clock, context.Ending);
        }
    }

    private Task EndAsync(string status, DeploymentError? error, string message)
    {
        around.Book.Change(Now.Rollback!.Of!, of => of with { Rollback = new RollbackInfo(id, null, message) });
        return steps.MoveAsync(now => now with { Status = status, Error = error, Completed = context.Clock.GetUtcNow(), Rollback = now.Rollback! with { Message = message } });
    }

    private ListenerTraffic Traffic() => new(context, Now.Region, Now.BlueGroup!, Now.GreenGroup!);
}
