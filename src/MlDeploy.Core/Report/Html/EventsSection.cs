using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>What happened, in order; the tests; what could not be judged.</summary>
internal static class EventsSection
{
    public static Markup Of(DeploymentReport report) => Markup.Of($"""
        <section aria-labelledby="happened">
        <h2 id="happened">What happened</h2>
        {TimelineChart.Draw(report)}
        <div class="scroll" role="region" aria-labelledby="happened" tabindex="0"><table class="events">
        <thead><tr><th scope="col" class="n">after</th><th scope="col" class="n">weight</th><th scope="col">phase</th><th scope="col">what</th></tr></thead>
        <tbody>
        {report.Timeline.Select(Row)}</tbody></table></div>
        {(report.Notes.IsEmpty ? Markup.None : Markup.Of($"<h3>Notes</h3><ul>{report.Notes.Select(note => Markup.Of($"<li>{note}</li>"))}</ul>"))}
        </section>
        {Tests(report)}
        """);

    /// <summary>Silence would read as a pass: every gate and step without a verdict is named.</summary>
    public static Markup Unjudged(DeploymentReport report)
    {
        var open = report.Steps
            .SelectMany(step => step.Judgments.Where(judgment => judgment.Kind is not (JudgmentKind.Pass or JudgmentKind.Fail)).Select(judgment => (Step: step, Judgment: judgment)))
            .ToArray();
        return open.Length == 0 ? Markup.None : Markup.Of($"""
            <section aria-labelledby="unjudged">
            <h2 id="unjudged">Not judged</h2>
            <ul>{open.Select(pair => Markup.Of($"<li>{pair.Judgment.Gate} in {pair.Step.Name}: {StepDecision.Name(pair.Judgment.Kind)}{(pair.Judgment.Reason is { } reason ? $", {reason}" : "")}</li>"))}</ul>
            </section>
            """);
    }

    private static Markup Row(TimelineEntry entry) => Markup.Of($"""
        <tr><td class="n">{Words.Of(entry.At)}</td><td class="n">{Words.Percent(entry.Weight)}</td><td>{Verdicts.Name(entry.Phase)}</td><td>{Words.FirstLine(entry.What)}</td></tr>

        """);

    private static Markup Tests(DeploymentReport report) => report.Tests.IsEmpty ? Markup.None : Markup.Of($"""
        <section aria-labelledby="tests">
        <h2 id="tests">Tests before any traffic</h2>
        <ul class="tests">{report.Tests.Select(test => Markup.Of($"<li>{Badge.Of(test.Passed switch { true => "good", false => "bad", null => "none" }, test.Passed switch { true => "passed", false => "failed", null => "not run" })} {test.Name}{(test.Reason is { } reason ? Markup.Of($"<pre>{reason}</pre>") : Markup.None)}</li>"))}</ul>
        </section>
        """);
}
