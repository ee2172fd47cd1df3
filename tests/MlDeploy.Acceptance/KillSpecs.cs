using System.Diagnostics;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>`kill -9` at random instants of a canary: the seed is fixed, the machine's pace is not.</summary>
[Collection(Alone.Name)]
public sealed class KillSpecs : AcceptanceTest
{
    private const int Seed = 20261120;

    /// <summary>From the start of the command to beyond its verdict: a canary of <see cref="Rollouts.ShortCanary"/> takes about five seconds.</summary>
    private static readonly TimeSpan Canary = TimeSpan.FromSeconds(5.5);

    public enum Victim
    {
        Command,
        Host,
        HostAndWatcher,
    }

    [Theory]
    [InlineData(Victim.Command)]
    [InlineData(Victim.Host)]
    [InlineData(Victim.HostAndWatcher)]
    public Task Killed_at_three_instants(Victim victim) => KillAsync(victim, 3);

    [Theory(Explicit = true)]
    [Trait("run", "soak")]
    [InlineData(Victim.Command)]
    [InlineData(Victim.Host)]
    [InlineData(Victim.HostAndWatcher)]
    public Task Killed_at_twenty_instants(Victim victim) => KillAsync(victim, 20);

    [Fact]
    public async Task Sources_that_were_overwritten_do_not_reach_the_running_version()
    {
        var script = Path.Combine(State.Sources, "run.sh");
        await File.WriteAllTextAsync(script, $"exec {TheTool.TestApplication} --version old\n");
        await StableServesAsync(Given with { Command = ["sh", "run.sh"] });
        await File.WriteAllTextAsync(script, $"exec {TheTool.TestApplication} --version new\n");
        var before = (await State.StatusAsync()).Stable!;

        TestState.Kill(before.ProcessId!.Value);

        await Until.TrueAsync(async () => (await State.StatusAsync()).Stable is { Health: "healthy" } now && now.ProcessId != before.ProcessId, "stable runs again");
        Assert.Equal("old", await State.AnswersAsync());
    }

    private async Task KillAsync(Victim victim, int instants)
    {
        var random = new Random(Seed + (int)victim);
        await StableServesAsync();
        var outages = new List<TimeSpan>();
        for (var round = 1; round <= instants; round++)
        {
            var instant = TimeSpan.FromTicks(random.NextInt64(Canary.Ticks));
            TestContext.Current.TestOutputHelper?.WriteLine($"round {round}: {victim} killed after {instant.TotalSeconds:0.00} s");
            await using var traffic = TrafficLoad.Start(State);
            using var deploy = State.StartDeploy(Given.Of($"v{round + 1}") with { Rollout = Rollouts.ShortCanary });
            var ports = await PortsAsync();
            await Task.Delay(instant); // The random instant is what is tested, not waited for.

            var killed = await KillAsync(victim, deploy);
            if (victim == Victim.Command)
            {
                (await traffic.EndAsync()).LostNothing();
            }
            else
            {
                await Until.TrueAsync(() => Stopwatch.GetElapsedTime(killed) > TimeSpan.Zero && traffic.LastOk > killed, () => $"requests are answered again; {traffic.Now}");
                outages.Add(Stopwatch.GetElapsedTime(killed, traffic.LastOk));
            }

            if (victim == Victim.Host)
            {
                var ended = await deploy.ResultAsync();
                Assert.True(ended.ExitCode is 0 or 7, ended.ToString());
            }

            await Aftermath.IsSoundAsync(State, ports);
        }

        if (victim != Victim.Command)
        {
            Measurements.Record($"kill -9 of {victim}: from the kill to the first good answer", outages);
            Assert.All(outages, outage => Assert.True(outage < TimeSpan.FromSeconds(30), $"{outage} without an answer"));
        }
    }

    /// <returns>Stopwatch's timestamp of the kill.</returns>
    private async Task<long> KillAsync(Victim victim, ToolProcess deploy)
    {
        if (victim == Victim.Command)
        {
            deploy.Kill();
            return Stopwatch.GetTimestamp();
        }

        var (host, watcher) = await State.HostProcessesAsync();
        if (victim == Victim.HostAndWatcher)
        {
            deploy.Kill();
            TestState.Kill(watcher);
        }

        TestState.Kill(host);
        var killed = Stopwatch.GetTimestamp();
        if (victim == Victim.HostAndWatcher)
        {
            (await State.RunAsync("status")).ExitsWith(0);
        }

        return killed;
    }

    private async Task<int[]> PortsAsync() => [.. (await State.StatusAsync()).Versions.Select(version => version.Port).OfType<int>()];
}
