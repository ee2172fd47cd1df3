using MlDeploy.Core.Analysis;
using MlDeploy.Core.Report;
using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>The deployment under way: where it is, how long it still takes, and what each gate says.</summary>
internal static class RolloutSection
{
    public static Markup Of(RolloutView rollout) => Markup.Of($"""
        <div class="card rollout">
        <h3>Deployment {rollout.Number}: <code>{rollout.Candidate}</code> {Aim(rollout)}</h3>
        <svg class="share" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="{Words.Percent(rollout.Weight)} of traffic"><rect class="track" width="100" height="4"/><rect class="bar candidate" width="{rollout.Weight * 100}" height="4"/></svg>
        <p><strong>{Words.Percent(rollout.Weight)}</strong> of traffic · {Step(rollout)} · {rollout.Phase}{Waiting(rollout)}</p>
        <p class="quiet">{Times(rollout)} · begun {Show.Time(rollout.StartedAt)} UTC by {rollout.Holder}</p>
        {(rollout.Reason is { } reason ? Markup.Of($"<p>{Show.Cut(reason)}</p>") : Markup.None)}
        {Gates(rollout)}
        </div>
        """);

    private static Markup Aim(RolloutView rollout) => rollout.Stable is { } stable ? Markup.Of($"is to replace <code>{stable}</code>") : Markup.Of($"is the first version");

    private static string Step(RolloutView rollout) => rollout.StepName.StartsWith("step", StringComparison.Ordinal) ? rollout.StepName : $"{rollout.StepName}, step {rollout.Step} of {rollout.Steps}";

    private static string Waiting(RolloutView rollout) => rollout switch
    {
        { StepSecondsLeft: > 0 and var left } => $", the step may pass in {Show.Left(left)}",
        { StepSecondsLeft: not null, PatienceSecondsLeft: > 0 and var patience } => $", waiting for evidence, at most {Show.Left(patience)} more",
        { Phase: "paused" } => ": `mldeploy promote` or `mldeploy abort` decides",
        _ => "",
    };

    private static string Times(RolloutView rollout) =>
        $"{(rollout.SecondsLeft is { } left ? $"at least {Show.Left(left)} left, " : "")}deadline in {Show.Left(rollout.DeadlineSecondsLeft)}";

    private static Markup Gates(RolloutView rollout) => rollout.JudgedAt is not { } at ? Show.Note("No gate has been judged in this step yet.") : Markup.Of($"""
        <div class="scroll" role="region" aria-label="Gates" tabindex="0"><table class="stack gates">
        <thead><tr><th scope="col">gate</th><th scope="col">judgment</th><th scope="col" class="n">candidate</th><th scope="col" class="n">interval</th><th scope="col" class="n">stable</th><th scope="col">limit</th><th scope="col" class="n">n</th><th scope="col">remark</th></tr></thead>
        <tbody>{rollout.Gates.Select(Gate)}</tbody></table></div>
        <p class="quiet">Judged at {Show.Time(at)} UTC.</p>
        """);

    private static Markup Gate(Judgment judgment)
    {
        var text = JudgmentText.From(judgment);
        return Markup.Of($"""
            <tr><th scope="row">{judgment.Gate}</th><td data-column="judgment">{Badge.Of(judgment.Kind)}</td>{Show.Cell("candidate", text.Value)}{Show.Cell("interval", text.Interval)}{Show.Cell("stable", text.Stable)}<td data-column="limit">{judgment.Limit}</td>{Show.Cell("n", judgment.N > 0 ? MetricText.Count(judgment.N) : "")}<td data-column="remark">{Show.Cut(Words.FirstLine(text.Remark))}</td></tr>
            """);
    }
}
