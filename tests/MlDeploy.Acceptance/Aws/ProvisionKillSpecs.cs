using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>`kill -9` of `provision` and `destroy` at random instants: the seed is fixed, the machine's pace is not.</summary>
public sealed class ProvisionKillSpecs(TwinAccount account) : AwsTest(account)
{
    private const int Seed = 20261121;

    /// <summary>Lines that a creation and a deletion of the application tell at least; the last of them are of its last resources.</summary>
    private const int LinesTold = 30;

    [Fact]
    public async Task Killed_three_times_while_it_creates_and_once_while_it_destroys_the_next_run_goes_on()
    {
        using var user = new AwsUser(Account);
        var random = new Random(Seed);
        for (var kill = 1; kill <= 3; kill++)
        {
            await KillAsync(user, random, "provision -t aws");
        }

        await EndsWellAsync(user);
        await KillAsync(user, random, $"destroy -t aws --confirm {user.Name} --delete-images");
        await user.DestroyAsync();
        Assert.Empty(await Aws.ListAsync("cloudformation describe-stacks", $"Stacks[?contains(StackName, '{user.Name}')].StackName"));
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Killed_at_twenty_instants_of_a_creation_and_twenty_of_a_deletion_each_of_its_own()
    {
        var random = new Random(Seed + 1);
        var (created, deleted) = (0, 0);
        for (var kill = 1; kill <= 20; kill++)
        {
            using var user = new AwsUser(Account);
            created += await KillAsync(user, random, "provision -t aws") ? 1 : 0;
            await EndsWellAsync(user);
            deleted += await KillAsync(user, random, $"destroy -t aws --confirm {user.Name} --delete-images") ? 1 : 0;
            await user.DestroyAsync();
            Assert.Empty(await FoundAsync(user.Name));
        }

        Measurements.Record("aws, of twenty kills those that came before the end", $"{created} of creations, {deleted} of deletions");
        Assert.True(created >= 15 && deleted >= 15, $"too many ended before they were killed: {created} creations and {deleted} deletions did not");
    }

    /// <summary>At an instant that is drawn: so many lines told, however quick the machine is, and up to a quarter second more.</summary>
    /// <returns>False: it had ended before.</returns>
    private static async Task<bool> KillAsync(AwsUser user, Random random, string command)
    {
        var (lines, more) = (random.Next(LinesTold), random.NextDouble() * TimeSpan.FromSeconds(0.25));
        using var process = user.Start(command.Split(' '));
        await Until.TrueAsync(() => process.HasExited || process.Errors.Count(letter => letter == '\n') >= lines, () => $"{lines} lines are told:\n{process.Errors}");
        await Task.Delay(more, TestContext.Current.CancellationToken); // Not a wait for anything: the instant is what is drawn.
        process.Kill();
        var result = await process.ResultAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"killed after {lines} lines and {more.TotalMilliseconds:0} ms: {result}");
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
