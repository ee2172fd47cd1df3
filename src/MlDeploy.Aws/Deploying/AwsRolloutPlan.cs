using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying;

/// <summary>
/// The rollout as CodeDeploy carries it out. While it shifts traffic it moves on by its own clock, so that a step is judged to its end
/// shortly before that and has no patience: what is undecided then is stopped. At 100 % it waits for us, so the bake has patience.
/// </summary>
public static class AwsRolloutPlan
{
    /// <summary>How often a step is looked at: CloudWatch has something new once a minute, and calls are counted.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Between the end of a step's judging and CodeDeploy's next shift: the last look may take 8 s, a call may have to be made again,
    /// and the stop has to arrive.
    /// </summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>CodeDeploy gives tasks an hour to become healthy.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromHours(1);

    /// <summary>CodeDeploy waits two days at most.</summary>
    private const int LongestWait = 2880;

    public static RolloutPlan For(RolloutSettings rollout)
    {
        var whole = RolloutPlan.For(rollout, firstDeployment: false);
        return whole with { Steps = [.. whole.Steps.Select(step => step.IsBake ? step : step with { For = Shortened(step.For), Patience = TimeSpan.Zero })] };
    }

    /// <summary>What is left of a rollout that CodeDeploy is in the midst of.</summary>
    /// <param name="weight">The candidate's share, 0–1, as read from the listener.</param>
    /// <param name="left">Until CodeDeploy's next shift.</param>
    public static RolloutPlan Remaining(RolloutPlan plan, double weight, TimeSpan left)
    {
        const double Tolerance = 0.001;
        var steps = plan.Steps.Where(step => step.Weight >= weight - Tolerance).ToImmutableArray();
        if (steps is [{ IsBake: false } first, ..] && Math.Abs(first.Weight - weight) < Tolerance)
        {
            steps = left <= Margin ? steps.RemoveAt(0) : steps.SetItem(0, first with { For = left - Margin < first.For ? left - Margin : first.For });
        }

        var shifts = steps.Count(step => !step.IsBake);
        return plan with
        {
            Steps = [.. steps.Select((step, index) => step with { Index = index, Name = step.IsBake ? step.Name : string.Create(CultureInfo.InvariantCulture, $"step {index + 1} of {shifts}") })],
        };
    }

    /// <summary>
    /// Minutes that CodeDeploy keeps the old version after the shift. Longer than the bake, which we end: too little evidence has `patience`,
    /// and a pause lasts to the deadline.
    /// </summary>
    public static int TerminationWait(RolloutSettings rollout)
    {
        var wait = rollout.OnInconclusive == OnInconclusive.Pause ? rollout.Deadline : rollout.Bake + rollout.Patience;
        return Math.Clamp((int)Math.Ceiling(wait.TotalMinutes) + 2, 1, LongestWait);
    }

    /// <summary>Minutes that a tested candidate waits for us to go on before CodeDeploy gives it up.</summary>
    public static int ReadyWait(RolloutSettings rollout)
    {
        const int ForMachines = 10;
        return Math.Clamp(ForMachines + (int)Math.Ceiling(rollout.Tests.Sum(test => test.Timeout.TotalMinutes)), ForMachines, LongestWait);
    }

    /// <summary>How long a deployment may last in CodeDeploy, from the creation of its task set to the removal of the old one.</summary>
    public static TimeSpan LongestLife(RolloutSettings rollout) =>
        LongestStart + TimeSpan.FromMinutes(ReadyWait(rollout) + TerminationWait(rollout)) + TimeSpan.FromTicks(rollout.Steps.Sum(step => step.For.Ticks));

    /// <summary>The step's interval as the manifest has it.</summary>
    private static TimeSpan Shortened(TimeSpan interval) => interval > Margin * 2 ? interval - Margin : interval / 2;
}
