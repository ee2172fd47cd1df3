using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>Judges again what a journal's looks measured.</summary>
internal sealed class JudgingReplay
{
    private readonly OpenedEntry opened;
    private readonly JudgingPlan? plan;
    private Judge? judge;
    private string? impossible;

    public JudgingReplay(OpenedEntry opened)
    {
        this.opened = opened;
        plan = ManifestReader.ReadCanonical(opened.Manifest).Manifest is { } manifest ? RolloutJudging.PlanFor(manifest, opened.Plan) : null;
        if (plan is null)
        {
            impossible = "the manifest in the first line is not valid, so nothing can be judged again";
        }
        else
        {
            Try(() => judge = new Judge(plan));
        }
    }

    public void Take(RolloutEvent happened, RolloutState state)
    {
        if (happened is HostRestarted && plan is not null)
        {
            // The next host judged with nothing but what it saw itself.
            Try(() => judge = new Judge(plan));
        }

        if (happened is WeightApplied && state.Phase is Phase.Judging or Phase.Baking)
        {
            var step = opened.Plan.Steps[state.Step];
            Try(() => judge?.BeginStep(step.Index, step.Comparable && !opened.Plan.FirstDeployment));
        }
    }

    /// <returns>Null when the look gives the judgments that are written, or none are written.</returns>
    public string? Look(LookEntry look)
    {
        Try(() =>
        {
            var judgments = judge?.Look(look.Measurements);
            if (judgments is not null && look.Judgments is { } written && !judgments.Value.SequenceEqual(written))
            {
                impossible = "the measurements do not give the judgments that are written";
            }
        });
        var problem = impossible;
        impossible = null;
        return problem;
    }

    /// <summary>A journal is an untrusted file: what it holds may be nothing that can be judged.</summary>
    private void Try(Action judging)
    {
        try
        {
            judging();
        }
        catch (Exception unfit) when (unfit is ArgumentException or InvalidOperationException or ArithmeticException or InvalidCastException)
        {
            impossible = $"what is written cannot be judged: {unfit.Message}";
        }
    }
}
