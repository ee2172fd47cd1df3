using System.Diagnostics;
using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>`kill -9` of `provision` at random instants: the seed is fixed, the machine's pace is not.</summary>
public sealed class ProvisionKillSpecs(TwinAccount account) : AwsTest(account)
{
    private const int Seed = 20261121;

    /// <summary>Real time: well within any creation and any deletion.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(2.5);

    [Fact]
    public async Task Killed_three_times_while_it_creates_and_once_while_it_destroys_the_next_run_goes_on()
    {
        using var user = new AwsUser(Account);
        var random = new Random(Seed);
        for (var kill = 1; kill <= 3; kill++)
        {
            await KillAsync(user, random.NextDouble() * Early, "provision -t aws");
        }

        await EndsWellAsync(user);
        await KillAsync(user, random.NextDouble() * Early, $"destroy -t aws --confirm {user.Name} --delete-images");
        await user.DestroyAsync();
        Assert.Empty(await Aws.ListAsync("cloudformation describe-stacks", $"Stacks[?contains(StackName, '{user.Name}')].StackName"));
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Killed_at_twenty_instants_of_a_creation_and_twenty_of_a_deletion_each_of_its_own()
    {
        var (creation, deletion) = await UndisturbedAsync();
        var random = new Random(Seed + 1);
        var (created, deleted) = (0, 0);
        for (var kill = 1; kill <= 20; kill++)
        {
            using var user = new AwsUser(Account);
            created += await KillAsync(user, random.NextDouble() * creation, "provision -t aws") ? 1 : 0;
            await EndsWellAsync(user);
            deleted += await KillAsync(user, random.NextDouble() * deletion, $"destroy -t aws --confirm {user.Name} --delete-images") ? 1 : 0;
            await user.DestroyAsync();
            Assert.Empty(await FoundAsync(user.Name));
        }

        Measurements.Record("aws, of twenty kills those that came before the end", $"{created} of creations ({creation.TotalSeconds:0.0} s), {deleted} of deletions ({deletion.TotalSeconds:0.0} s)");
        Assert.True(created >= 15 && deleted >= 15, $"too many ended before they were killed: {created} creations and {deleted} deletions were not");
    }

    /// <summary>How long a creation and a deletion take here that nobody kills.</summary>
    private async Task<(TimeSpan Creation, TimeSpan Deletion)> UndisturbedAsync()
    {
        using var user = new AwsUser(Account);
        var began = Stopwatch.GetTimestamp();
        (await user.ProvisionAsync()).ExitsWith(0);
        var creation = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        await user.DestroyAsync();
        return (creation, Stopwatch.GetElapsedTime(began));
    }

    /// <returns>False: it had ended before.</returns>
    private static async Task<bool> KillAsync(AwsUser user, TimeSpan after, string command)
    {
        using var process = user.Start(command.Split(' '));
        await Task.Delay(after, TestContext.Current.CancellationToken); // Not a wait for anything: the instant is what is drawn.
        process.Kill();
        var result = await process.ResultAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"killed after {after.TotalSeconds:0.00} s: {result}");
        return result.ExitCode != 0;
    }

    private async Task EndsWellAsync(AwsUser user)
    {
        var done = (await user.ProvisionAsync()).ExitsWith(0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{done}");
        Assert.True((await Account.Http.GetAsync(AwsUser.Url(done))).IsSuccessStatusCode);
        Assert.Empty(await UnderWayAsync(user.Name));
        (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(0).Says("no changes");
    }
}
