using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.State;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.Dashboard;

public sealed class RecentDeploymentsSpecs : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Each_is_told_with_its_verdict_and_read_again_only_when_its_journal_grew()
    {
        await AddAsync(1);
        await AddAsync(2);
        var recent = new RecentDeployments(Paths, TimeProvider.System);
        var told = recent.Read(running: null);
        Assert.Equal([(2, "promoted", true), (1, "promoted", true)], told.Select(one => (one.Number, one.Outcome, one.Good == true)));
        Assert.Equal("v2-0 is promoted: it replaced v1-0 and serves all traffic.", told[0].Verdict);

        // Other bytes of the same length: nobody looked.
        File.WriteAllBytes(Paths.Journal(1), new byte[new FileInfo(Paths.Journal(1)).Length]);
        Assert.Equal("promoted", recent.Read(running: null)[1].Outcome);

        File.AppendAllText(Paths.Journal(1), "x\n");
        Assert.Equal("unreadable", recent.Read(running: null)[1].Outcome);
        Assert.Equal("promoted", recent.Read(running: null)[0].Outcome);
    }

    [Fact]
    public async Task A_report_that_came_later_is_seen_and_only_the_newest_ten_are_told()
    {
        for (var number = 1; number <= 12; number++)
        {
            await AddAsync(number);
        }

        var recent = new RecentDeployments(Paths, TimeProvider.System);
        Assert.Equal(Enumerable.Range(3, 10).Reverse(), recent.Read(running: null).Select(one => one.Number));
        Assert.False(recent.Read(running: null)[0].Report);

        Assert.Null(new DeploymentStore(Paths, TimeProvider.System).WriteReport(12));
        Assert.True(recent.Read(running: null)[0].Report);
    }

    private ApplicationPaths Paths => new(folder.Root);

    private async Task AddAsync(int number)
    {
        using var rollout = new ScriptedRollout();
        await rollout.RunAsync();
        Directory.CreateDirectory(Paths.Deployment(number));
        File.Copy(rollout.JournalPath, Paths.Journal(number));
    }
}
