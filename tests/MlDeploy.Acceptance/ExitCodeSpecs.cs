using MlDeploy.Acceptance.Fixture;
using MlDeploy.Core.Errors;

namespace MlDeploy.Acceptance;

/// <summary>Every exit code that the local target can give, each from the shortest story that ends so.</summary>
public sealed class ExitCodeSpecs : AcceptanceTest
{
    /// <summary>1 is a bug.</summary>
    private static readonly ExitCode[] NotHere = [ExitCode.Bug];

    private static readonly OrderedDictionary<ExitCode, Func<ExitCodeSpecs, Task<ToolResult>>> Stories = new()
    {
        [ExitCode.ChangesPlanned] = async test =>
        {
            test.State.Write(test.Given.Of("v2"));
            return await test.State.RunAsync("plan", "--detailed-exitcode");
        },
        [ExitCode.Usage] = test => test.State.RunAsync("rollback", "--to", "nowhere"),
        [ExitCode.GateFailed] = test => test.State.DeployAsync(test.Given.Of("v2") with { Rollout = $"{Rollouts.AllAtOnce}\ntests: [ {{ name: no, command: ['false'] }} ]" }),
        [ExitCode.Inconclusive] = test => test.State.DeployAsync(test.Given.Of("v2") with { Rollout = Rollouts.Starved("rollback") }),
        [ExitCode.TargetFailed] = test => test.State.DeployAsync(test.Given.Of("v2") with { Command = ["no-such-program"] }),
        [ExitCode.LeaseHeld] = async test =>
        {
            using var first = test.State.StartDeploy(test.Given.Of("v2") with { Rollout = Rollouts.LongCanary });
            await first.SaysAsync("step 1 of 1");
            var second = await test.State.RunAsync("rollback", "--to", "v1");
            (await test.State.RunAsync("abort")).ExitsWith(0);
            return second;
        },
        [ExitCode.DriftBeyondLimit] = test => test.DriftAsync(),
        [ExitCode.Interrupted] = test => test.SignalAsync(TestState.Interrupt),
        [ExitCode.Terminated] = test => test.SignalAsync(TestState.Terminate),
        // The last two change what serves.
        [ExitCode.Unsafe] = test => test.BreakStableAsync(),
        [ExitCode.Done] = test => test.State.DeployAsync(test.Given.Of("v2") with { Rollout = Rollouts.AllAtOnce }),
    };

    private string Needed => Path.Combine(State.Root, "needed");

    [Fact]
    public async Task Every_exit_code_is_produced_by_its_story()
    {
        // The shortest deadline that a manifest may have is a minute: it passes while the other stories are told.
        await using var elsewhere = new TestState();
        var deadline = DeadlineAsync(elsewhere);
        await File.WriteAllTextAsync(Needed, "");
        await StableServesAsync(Given with { Command = ["sh", "-c", $"test -e {Needed} && exec {TheTool.TestApplication} --version v1"] });

        foreach (var (code, story) in Stories)
        {
            (await story(this)).ExitsWith((int)code);
            if (code is not (ExitCode.Done or ExitCode.Unsafe))
            {
                (await State.StatusAsync()).ServesOnly("v1");
            }
        }

        (await deadline).ExitsWith((int)ExitCode.DeadlinePassed).Says("the deadline of");
        (await elsewhere.StatusAsync()).ServesOnly("v1");
        Assert.Equal(ExitCodes.All.Select(entry => entry.Code).Except(NotHere).Order(), Stories.Keys.Append(ExitCode.DeadlinePassed).Order());
    }

    private static async Task<ToolResult> DeadlineAsync(TestState state)
    {
        (await state.DeployAsync(state.Given with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);
        return await state.DeployAsync(state.Given.Of("v2") with
        {
            Rollout = Rollouts.Starved("rollback").Replace("patience: 1s", "patience: 10m\ndeadline: 1m", StringComparison.Ordinal),
        });
    }

    private async Task<ToolResult> DriftAsync()
    {
        await File.WriteAllLinesAsync(Path.Combine(State.Sources, "before.csv"), Enumerable.Range(0, 500).Select(row => $"{row % 50}").Prepend("seconds"));
        await File.WriteAllLinesAsync(Path.Combine(State.Sources, "after.csv"), Enumerable.Range(0, 500).Select(row => $"{row % 50}000").Prepend("seconds"));
        (await State.RunAsync("profile", "create", "before.csv", "--out", "profile.json")).ExitsWith(0);
        return await State.RunAsync("drift", "--profile", "profile.json", "after.csv");
    }

    private async Task<ToolResult> BreakStableAsync()
    {
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await deploy.SaysAsync("step 1 of 1");
        File.Delete(Needed);
        TestState.Kill((await State.StatusAsync()).Stable!.ProcessId!.Value);
        await Until.TrueAsync(async () => (await State.StatusAsync()).Stable!.Health != "healthy", "stable is broken");
        await State.RunAsync("abort");
        return await deploy.ResultAsync();
    }

    private async Task<ToolResult> SignalAsync(int signal)
    {
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await deploy.SaysAsync("step 1 of 1");
        deploy.Signal(signal);
        return await deploy.ResultAsync();
    }
}
