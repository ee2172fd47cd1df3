using MlDeploy.Local.Deployments;
using MlDeploy.Local.State;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.LocalState;

public sealed class DeploymentHistorySpecs : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_damaged_journal_is_an_entry_that_says_so_and_hides_no_other()
    {
        await AddAsync(1);
        await AddAsync(2);
        File.WriteAllText(Paths.Journal(2), "garbage\n" + File.ReadAllText(Paths.Journal(2)));
        await AddAsync(3);
        File.WriteAllText(Paths.Journal(3), File.ReadAllText(Paths.Journal(3))[..^10]);
        Directory.CreateDirectory(Paths.Deployment(4));
        Directory.CreateDirectory(Path.Combine(Paths.Deployments, "00005"));
        Directory.CreateDirectory(Path.Combine(Paths.Deployments, "not a number"));
        Directory.CreateDirectory(Path.Combine(Paths.Deployments, "2147483647"));

        var history = DeploymentHistory.Of(Paths, TimeProvider.System);
        Assert.Equal([(3, "baking"), (2, "unreadable"), (1, "promoted")], history.Select(entry => (entry.Number, entry.Phase)));
        Assert.Contains("journal.jsonl:1: the journal is damaged here", history[1].Reason, StringComparison.Ordinal);
        Assert.True(history[1].StartedAt.Year > 2000);
    }

    [Fact]
    public async Task The_next_number_is_above_any_the_record_or_the_disk_knows()
    {
        await AddAsync(3);
        var store = new DeploymentStore(Paths, TimeProvider.System);

        Assert.Equal(4, store.Next(lastKnown: 1));
        Assert.Equal(8, store.Next(lastKnown: 7));
    }

    [Fact]
    public async Task Reports_lie_beside_the_journal_and_a_damaged_one_is_told_and_breaks_nothing()
    {
        await AddAsync(1);
        var store = new DeploymentStore(Paths, TimeProvider.System);
        Assert.Null(store.WriteReport(1));
        Assert.True(File.Exists(Path.Combine(Paths.Deployment(1), "report.md")));
        File.WriteAllText(Paths.Journal(1), "garbage\n");
        Assert.Contains("damaged", store.WriteReport(1), StringComparison.Ordinal);
        Assert.Contains("damaged", Assert.Throws<Core.Errors.ExpectedException>(() => store.Open(1)).Message, StringComparison.Ordinal);
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
