using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>What may end a running deployment from outside: its alarms, and scaling that keeps the service unsteady.</summary>
internal sealed class DeploymentWatch(TwinContext context, DeploymentSurroundings around, DeploymentControl control, string id)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(10);

    /// <summary>ECS developer guide, "Considerations" of blue/green deployments: a scaled service must be steady within 5 minutes.</summary>
    private static readonly TimeSpan UnsteadyLimit = TimeSpan.FromMinutes(5);

    private int? installed;
    private DateTimeOffset? unsteadySince;

    public async Task WatchAsync(CancellationToken cancel)
    {
        var alarms = new AlarmPoll(context, around.Book.Get(id));
        try
        {
            while (true)
            {
                await Task.Delay(Pace, context.Clock, cancel);
                var now = around.Book.Get(id);
                if (await alarms.AskAsync() is { } firing)
                {
                    control.Interrupt(new Interruption("Stopped", firing, Rules.RollsBack(now, "DEPLOYMENT_STOP_ON_ALARM")));
                    return;
                }

                if (Unsteady(now))
                {
                    control.Interrupt(new Interruption("Failed",
                        new DeploymentError("TIMEOUT", "The deployment timed out because the Amazon ECS service did not reach a steady state within 5 minutes after it was scaled."),
                        Rules.RollsBack(now, "DEPLOYMENT_FAILURE")));
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The deployment is over.
        }
    }

    private bool Unsteady(Deployment now)
    {
        if (now.GreenSet is null || now.Events.Any(each => each is { Name: "Install", Status: not "Succeeded" }) || around.TaskSets(now).Look() is not { } look)
        {
            return false;
        }

        installed ??= look.DesiredCount;
        var steady = look.Present.All(look.Steady.Contains);
        if (steady)
        {
            (installed, unsteadySince) = (look.DesiredCount, null);
        }
        else if (look.DesiredCount != installed)
        {
            unsteadySince ??= context.Clock.GetUtcNow();
        }

        return context.Clock.GetUtcNow() - unsteadySince > UnsteadyLimit;
    }
}
