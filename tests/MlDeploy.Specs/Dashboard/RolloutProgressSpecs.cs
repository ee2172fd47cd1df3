using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Dashboard;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.Dashboard;

/// <summary>Steps of 10 s, 10 s and a bake of 10 s; patience 20 s; deadline 1 h.</summary>
public sealed class RolloutProgressSpecs : IDisposable
{
    private readonly ScriptedRollout rollout = new();

    public void Dispose() => rollout.Dispose();

    [Fact]
    public void A_step_under_way_tells_when_it_may_pass_and_how_long_the_rest_takes_at_least()
    {
        var seen = Of(Phase.Judging, step: 1, sinceSeconds: 4);

        Assert.Equal(("step 2 of 2", 2, 3), (seen.StepName, seen.Step, seen.Steps));
        Assert.Equal((6.0, 26.0, 16.0), (seen.StepSecondsLeft, seen.PatienceSecondsLeft, seen.SecondsLeft));
        Assert.Equal(3_600 - 4, seen.DeadlineSecondsLeft);
    }

    [Fact]
    public void A_step_that_waits_for_evidence_tells_how_long_it_will_wait()
    {
        var seen = Of(Phase.Judging, step: 0, sinceSeconds: 13);

        Assert.Equal((0.0, 17.0, 20.0), (seen.StepSecondsLeft, seen.PatienceSecondsLeft, seen.SecondsLeft));
    }

    [Theory]
    [InlineData(Phase.Paused)]
    [InlineData(Phase.RollingBack)]
    public void What_waits_for_somebody_or_is_undone_has_no_time_left(Phase phase)
    {
        var seen = Of(phase, step: 0, sinceSeconds: 1);

        Assert.Equal((null, null, null), (seen.StepSecondsLeft, seen.PatienceSecondsLeft, seen.SecondsLeft));
    }

    [Fact]
    public void Judgments_of_an_earlier_step_are_not_shown_for_this_one()
    {
        var look = new LookEntry(9, rollout.Opened.At, 0, TimeSpan.FromSeconds(3), [], []);

        Assert.NotNull(Of(Phase.Judging, step: 0, sinceSeconds: 1, look).JudgedAt);
        Assert.Null(Of(Phase.Judging, step: 1, sinceSeconds: 1, look).JudgedAt);
    }

    private RolloutView Of(Phase phase, int step, double sinceSeconds, LookEntry? look = null) => RolloutProgress.Of(
        rollout.Opened, new RolloutState(phase, step, rollout.Plan.Steps[step].Weight, rollout.Opened.At, rollout.Opened.At), look, rollout.Opened.At.AddSeconds(sinceSeconds));
}
