using System.Globalization;
using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws.Outages;

/// <summary>`kill -9` of the runner of a bad canary at random instants: the seed is fixed, the machine's pace is not.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class KilledRunnerSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Seed = 20261121;
    private const int Rate = 60;

    /// <summary>Twin time, from the start of the command to about its end by a failing gate.</summary>
    private const int Kills = 20;

    private static readonly TimeSpan Canary = TimeSpan.FromMinutes(7);

    private static readonly TimeSpan Promised = TimeSpan.FromMinutes(3);

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Killed_at_twenty_instants_a_bad_canary_is_undone_without_any_process_of_ours_and_leaves_nothing()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", "TESTAPP_ERROR_RATE: '0.5'");
        var random = new Random(Seed);
        var (back, gone, early) = (new List<TimeSpan>(), new List<TimeSpan>(), 0);
        while (back.Count < Kills && early < Kills)
        {
            var killed = await KillAsync(service, random.NextDouble() * Canary);
            if (killed is not { } instant)
            {
                early++;
                continue;
            }

            back.Add(await StableAgainAsync(service, instant));
            gone.Add(await NothingLeftAsync(service, instant));
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"back on stable after {back[^1].TotalSeconds:0} s, nothing left after {gone[^1].TotalSeconds:0} s"));
        }

        var account = await traffic.EndAsync();
        account.LostNothing();
        Measurements.Record("aws, traffic back on stable after kill -9 of the runner (twin time)", back);
        Measurements.Record("aws, no heartbeat alarm left after kill -9 of the runner (twin time)", gone);
        Measurements.Record("aws, kills of a bad canary", string.Create(CultureInfo.InvariantCulture, $"{back.Count} while it ran; {early} had ended by themselves; customers: {account}"));
        Assert.All(back, time => Assert.InRange(time, TimeSpan.Zero, Promised));
        Assert.Equal(Kills, back.Count);
    }

    /// <returns>When it was killed, in twin time; null when it had ended before.</returns>
    private async Task<DateTimeOffset?> KillAsync(ScoringService service, TimeSpan after)
    {
        var clock = Account.Twin.Clock;
        using var bad = service.BeginDeploy();
        var at = clock.GetUtcNow() + after;
        await Until.TrueAsync(() => clock.GetUtcNow() >= at || bad.HasExited, "the instant comes");
        if (bad.HasExited)
        {
            var ended = await bad.ResultAsync();
            if (ended.ExitCode == 7 && ended.Output.Contains("CodeDeploy deploys nothing under it", StringComparison.Ordinal))
            {
                // The application's own alarm saw the errors of the kill before.
                await Until.TrueAsync(async () => (await Aws.ListAsync("cloudwatch describe-alarms --state-value ALARM", "MetricAlarms[].AlarmName", "--alarm-name-prefix", service.Name)).Length == 0, "no alarm fires");
                return await KillAsync(service, after);
            }

            ended.ExitsWith(4);
            return null;
        }

        bad.Kill();
        var killed = clock.GetUtcNow();
        var said = await bad.ResultAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"killed after {after.TotalSeconds:0} s of the twin with {service.WeightsInForce()}: {said.Errors.TrimEnd().Split('\n')[^1]}");
        return killed;
    }

    /// <returns>How long it took after the kill, in twin time.</returns>
    private async Task<TimeSpan> StableAgainAsync(ScoringService service, DateTimeOffset killed)
    {
        var clock = Account.Twin.Clock;
        var lastAway = killed;
        await Until.TrueAsync(
            async () =>
            {
                // Looked at often; the official command line, which is slow, has the last word.
                if (service.WeightsInForce() != "100/0")
                {
                    lastAway = clock.GetUtcNow();
                    return false;
                }

                return (await service.UnderWayAsync()).Length == 0;
            },
            () => $"traffic is back on stable, which is {service.WeightsInForce()}");
        Assert.EndsWith("/0", await service.WeightsAsync(), StringComparison.Ordinal);
        Assert.Equal("v1", await service.ServesAsync());
        return lastAway - killed;
    }

    private async Task<TimeSpan> NothingLeftAsync(ScoringService service, DateTimeOffset killed)
    {
        await Until.TrueAsync(service.ScalesAsync, "autoscaling is active again");
        await Until.TrueAsync(async () => (await service.HeartbeatAlarmsAsync()).Length == 0, "no alarm is left");
        var gone = Account.Twin.Clock.GetUtcNow() - killed;
        Assert.Empty(await Aws.ListAsync("scheduler list-schedules", "Schedules[].Name", "--name-prefix", service.Name));
        Assert.Empty(await Aws.ListAsync("application-autoscaling describe-scheduled-actions", $"ScheduledActions[?contains(ResourceId, '{service.Name}')].ScheduledActionName", "--service-namespace", "ecs"));
        return gone;
    }
}
