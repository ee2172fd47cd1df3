using MlDeploy.Aws.Deploying;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Aws.Deploying;

public sealed class PlanSpecs
{
    private static readonly RolloutSettings Linear = new()
    {
        Strategy = Strategy.Linear,
        Steps = [.. Enumerable.Range(1, 4).Select(step => new Step(0.2 * step, TimeSpan.FromMinutes(6)))],
        Bake = TimeSpan.FromMinutes(10),
        Patience = TimeSpan.FromMinutes(7),
    };

    [Fact]
    public void A_step_is_judged_to_its_end_before_CodeDeploy_moves_on_and_only_the_bake_has_patience()
    {
        var plan = AwsRolloutPlan.For(Linear);

        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1], plan.Steps.Select(step => Math.Round(step.Weight, 6)));
        Assert.All(plan.Steps[..4], step => Assert.Equal((TimeSpan.FromMinutes(5.5), TimeSpan.Zero), (step.For, step.Patience!.Value)));
        Assert.Equal((TimeSpan.FromMinutes(10), null), (plan.Steps[4].For, plan.Steps[4].Patience));
    }

    [Fact]
    public void CodeDeploy_keeps_the_old_version_longer_than_bake_and_patience_take()
    {
        Assert.Equal(19, AwsRolloutPlan.TerminationWait(Linear));
        Assert.Equal(122, AwsRolloutPlan.TerminationWait(Linear with { OnInconclusive = OnInconclusive.Pause }));
        Assert.Equal(2880, AwsRolloutPlan.TerminationWait(Linear with { Patience = TimeSpan.FromDays(9) }));
    }

    [Theory]
    [InlineData(0.0, 0, "20 40 60 80 100")]
    [InlineData(0.4, 300, "40 60 80 100")]
    [InlineData(0.4, 20, "60 80 100")]
    [InlineData(0.8, 10, "100")]
    [InlineData(1.0, 0, "100")]
    public void What_is_adopted_goes_on_where_CodeDeploy_is(double weight, int secondsLeft, string steps)
    {
        var plan = AwsRolloutPlan.Remaining(AwsRolloutPlan.For(Linear), weight, TimeSpan.FromSeconds(secondsLeft));

        Assert.Equal(steps, string.Join(' ', plan.Steps.Select(step => $"{Math.Round(step.Weight * 100)}")));
        Assert.Equal(Enumerable.Range(0, plan.Steps.Length), plan.Steps.Select(step => step.Index));
        Assert.All(plan.Steps.Where(step => !step.IsBake), step => Assert.True(step.For > TimeSpan.Zero && step.For <= TimeSpan.FromMinutes(5.5)));
    }

    [Fact]
    public void A_step_that_is_adopted_has_the_time_that_is_left_of_it()
    {
        var plan = AwsRolloutPlan.Remaining(AwsRolloutPlan.For(Linear), 0.4, TimeSpan.FromMinutes(3));

        Assert.Equal(TimeSpan.FromMinutes(2.5), plan.Steps[0].For);
        Assert.Equal(TimeSpan.FromMinutes(5.5), plan.Steps[1].For);
    }

    [Fact]
    public void The_next_shift_is_known_from_the_first()
    {
        var began = new DateTimeOffset(2026, 11, 21, 5, 0, 0, TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromMinutes(2), CodeDeployClock.UntilNextShift(began, TimeSpan.FromMinutes(5), began.AddMinutes(13)));
        Assert.Equal(TimeSpan.Zero, CodeDeployClock.UntilNextShift(began, TimeSpan.Zero, began));
    }
}
