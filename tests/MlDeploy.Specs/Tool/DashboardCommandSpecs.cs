using MlDeploy.Core.Errors;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.ToolShell;

public sealed class DashboardCommandSpecs : IDisposable
{
    private readonly TestFolder folder = new("d");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Without_a_host_it_says_so_and_starts_none()
    {
        var run = await RunAsync();

        Assert.Equal((ExitCode.Usage, ""), (run.ExitCode, run.Results));
        Assert.Contains("error: the host does not run, so nothing shows a dashboard\n  → `mldeploy host start` starts it", run.Messages, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public async Task An_application_that_is_not_there_is_told_before_anything_else()
    {
        var run = await RunAsync("--app", "shop");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("the local target has no application shop", run.Messages, StringComparison.Ordinal);
    }

    private Task<ToolRun> RunAsync(params string[] arguments) =>
        ToolRun.Of(given => given with { Variable = name => name == "MLDEPLOY_STATE" ? folder.Root : null }, ["dashboard", .. arguments]);
}
