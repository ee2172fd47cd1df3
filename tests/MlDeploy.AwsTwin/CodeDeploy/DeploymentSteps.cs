using System.Collections.Immutable;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>Keeps a deployment's status and lifecycle events, and tells of both.</summary>
internal sealed class DeploymentSteps(TimeProvider clock, DeploymentSurroundings around, string id)
{
    /// <summary>In the order of the user guide, "List of lifecycle event hooks for an Amazon ECS deployment".</summary>
    public static ImmutableArray<string> Names { get; } =
        ["BeforeInstall", "Install", "AfterInstall", "AllowTestTraffic", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"];

    public Task MoveAsync(Func<Deployment, Deployment> change) => around.Telling.TellAsync(around.Book.Change(id, change));

    public async Task DoAsync(string name, Func<Task> step)
    {
        Mark(name, each => each with { Status = "InProgress", Start = clock.GetUtcNow() });
        await step();
        Mark(name, each => each with { Status = "Succeeded", End = clock.GetUtcNow() });
    }

    /// <summary>Lambda is no part of the twin: a hook that names a function is refused, and never taken as passed.</summary>
    /// <exception cref="DeploymentFailure"/>
    public Task HookAsync(string name, AppSpec spec) => DoAsync(name, () => spec.Hooks.TryGetValue(name, out var function)
        ? throw new DeploymentFailure("INVALID_LAMBDA_FUNCTION", $"The Lambda function {function} specified for the hook {name} does not exist or cannot be invoked.")
        : Task.CompletedTask);

    public void Skip(params string[] names)
    {
        foreach (var name in names)
        {
            Mark(name, each => each with { Status = "Skipped" });
        }
    }

    /// <summary>What was under way failed, what had not begun never will.</summary>
    public void Break(string problem) => around.Book.Change(id, now => now with
    {
        Events =
        [
            .. now.Events.Select(each => each.Status switch
            {
                "InProgress" => each with { Status = "Failed", End = clock.GetUtcNow(), Problem = problem },
                "Pending" => each with { Status = "Skipped" },
                _ => each,
            }),
        ],
    });

    private void Mark(string name, Func<LifecycleEvent, LifecycleEvent> change) =>
        around.Book.Change(id, now => now with { Events = [.. now.Events.Select(each => each.Name == name ? change(each) : each)] });
}
