using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Acceptance.Aws;

/// <summary>How soon a failing judgment is acted upon, and what all that watching costs in calls.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class PaceSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    private static readonly TimeSpan OnePoll = TimeSpan.FromSeconds(10);

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_minute_of_canary_takes_at_most_25_calls_with_heartbeats()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", rollout: Rollout.EveryMetric);
        Account.Twin.Requests.Clear();

        (await service.DeployAsync()).ExitsWith(0);

        Assert.InRange(CallPace.OfBusiestMinute("aws, calls in the busiest minute of a canary", Account.Twin.Requests.Entries), 10, CallPace.MostAMinute);
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task From_a_failing_judgment_to_the_stop_is_at_most_one_poll()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", "TESTAPP_ERROR_RATE: '0.5'");
        Account.Twin.Requests.Clear();

        (await service.DeployAsync()).ExitsWith(4);

        var stop = Account.Twin.Requests.Entries.First(call => call.Action == "StopDeployment").At;
        var journal = JournalReader.Read(service.Journal(1));
        var failing = journal.OfType<LookEntry>().First(look => look.Judgments?.Any(judgment => judgment.Kind == JudgmentKind.Fail) == true).At;
        var decided = journal.OfType<TransitionEntry>().First(transition => transition.State.Phase == Phase.RollingBack).At;
        Measurements.Record("aws, from a failing judgment to StopDeployment (twin time)", $"{(stop - failing).TotalSeconds:0.0} s, of which deciding {(decided - failing).TotalSeconds:0.0} s");
        Assert.InRange(stop - failing, TimeSpan.Zero, OnePoll);
    }
}
