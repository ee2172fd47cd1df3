using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>A test with a machine of its own; what it started is ended, and checked to have ended, whatever became of it.</summary>
public abstract class AcceptanceTest : IAsyncLifetime
{
    private protected TestState State { get; } = new();

    private protected GivenApplication Given => State.Given;

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "whether a process was left behind is read from /proc, which only Linux has");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await State.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>v1 serves, as the first deployment left it.</summary>
    private protected async Task StableServesAsync(GivenApplication? application = null) =>
        (await State.DeployAsync((application ?? Given) with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);
}
