using MlDeploy.Acceptance.Aws.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>`kill -9` of `provision` at random instants: the seed is fixed, the machine's pace is not.</summary>
public sealed class ProvisionKillSpecs(TwinAccount account) : AwsTest(account)
{
    private const int Seed = 20261121;

    /// <summary>Real time: from the start of the command to about its end.</summary>
    private static readonly TimeSpan Creation = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task Killed_three_times_while_it_creates_and_once_while_it_destroys_the_next_run_goes_on()
    {
        using var user = new AwsUser(Account);
        var random = new Random(Seed);
        for (var kill = 1; kill <= 3; kill++)
        {
            await KillAsync(user, random.NextDouble() * Creation / 3, "provision -t aws");
        }

        await EndsWellAsync(user);
        await KillAsync(user, random.NextDouble() * Creation / 3, $"destroy -t aws --confirm {user.Name} --delete-images");
        await user.DestroyAsync();
        Assert.Empty(await Aws.ListAsync("cloudformation describe-stacks", $"Stacks[?contains(StackName, '{user.Name}')].StackName"));
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Killed_at_twenty_instants_each_in_a_creation_of_its_own()
    {
        var random = new Random(Seed + 1);
        for (var kill = 1; kill <= 20; kill++)
        {
            using var user = new AwsUser(Account);
            await KillAsync(user, random.NextDouble() * Creation, "provision -t aws");
            await EndsWellAsync(user);
            await KillAsync(user, random.NextDouble() * Creation, $"destroy -t aws --confirm {user.Name} --delete-images");
            await user.DestroyAsync();
            Assert.Empty(await FoundAsync(user.Name));
        }
    }

    private static async Task KillAsync(AwsUser user, TimeSpan after, string command)
    {
        using var process = user.Start(command.Split(' '));
        await Task.Delay(after, TestContext.Current.CancellationToken); // Not a wait for anything: the instant is what is drawn.
        process.Kill();
        TestContext.Current.TestOutputHelper?.WriteLine($"killed after {after.TotalSeconds:0.00} s: {await process.ResultAsync()}");
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
