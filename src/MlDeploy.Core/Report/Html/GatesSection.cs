using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>Each gate as a small drawing, then the last word of every gate on every step as a table.</summary>
internal static class GatesSection
{
    /// <summary>A manifest has at most some dozens of gates; a journal from elsewhere may claim more.</summary>
    private const int MostCharts = 60;

    public static Markup Of(DeploymentReport report)
    {
        if (report.Steps.IsEmpty)
        {
            return Markup.Of($"""
                <section aria-labelledby="gates"><h2 id="gates">Gates</h2><p>No gate was judged: the deployment ended before any traffic was measured.</p></section>
                """);
        }

        var times = report.Gates.SelectMany(gate => gate.Points).Select(point => point.At.TotalSeconds).ToArray();
        var from = report.Timeline.FirstOrDefault(entry => entry.Phase is Phase.Judging or Phase.Baking)?.At.TotalSeconds ?? 0;
        return Markup.Of($"""
            <section aria-labelledby="gates">
            <h2 id="gates">Gates</h2>
            {Legend.Gates}
            <div class="cards">
            {report.Gates.Take(MostCharts).Select((gate, at) => Card(report, gate, new GateChart(gate, at, Math.Min(from, times.Min()), times.Max())))}</div>
            {report.Steps.Select(Step)}
            </section>
            """);
    }

    private static Markup Card(DeploymentReport report, GateReport gate, GateChart chart)
    {
        // A gate that does not apply to the last step said what it had to say before.
        var last = report.Steps.SelectMany(step => step.Judgments).LastOrDefault(judgment => judgment.Gate == gate.Gate && judgment.Kind != JudgmentKind.NotApplicable)
            ?? report.Steps.SelectMany(step => step.Judgments).LastOrDefault(judgment => judgment.Gate == gate.Gate);
        return last is null ? Markup.None : Markup.Of($"""
            <article class="card"><h3>{gate.Gate}{Badge.Of(last.Kind)}</h3>
            <p class="quiet">limit: {gate.Limit}</p>
            {chart.Draw()}
            <p>{Tell(last)}</p></article>

            """);
    }

    private static string Tell(Judgment last)
    {
        var text = JudgmentText.From(last);
        var value = text.Value.Length == 0 ? "no value" : $"{text.Value}{(text.Interval.Length == 0 ? "" : $" ({text.Interval})")}{(text.Stable.Length == 0 ? "" : $", stable {text.Stable}")}{(last.N > 0 ? $", n {MetricText.Count(last.N)}" : "")}";
        return text.Remark.Length == 0 ? value : $"{value}; {Words.FirstLine(text.Remark)}";
    }

    private static Markup Step(StepReport step, int number) => Markup.Of($"""
        <h3 id="step-{number}">{step.Name}: {Words.Percent(step.Weight)} for {Words.Of(step.Lasted)}</h3>
        <div class="scroll" role="region" aria-labelledby="step-{number}" tabindex="0"><table class="broad">
        <thead><tr><th scope="col">gate</th><th scope="col">judgment</th><th scope="col" class="n">candidate</th><th scope="col" class="n">interval</th><th scope="col" class="n">stable</th><th scope="col">limit</th><th scope="col" class="n">n</th><th scope="col">remark</th></tr></thead>
        <tbody>
        {step.Judgments.Select(Row)}</tbody></table></div>

        """);

    private static Markup Row(Judgment judgment)
    {
        var text = JudgmentText.From(judgment);
        return Markup.Of($"""
            <tr><th scope="row">{judgment.Gate}</th><td>{Badge.Of(judgment.Kind)}</td><td class="n">{text.Value}</td><td class="n">{text.Interval}</td><td class="n">{text.Stable}</td><td>{judgment.Limit}</td><td class="n">{(judgment.N > 0 ? MetricText.Count(judgment.N) : "")}</td><td>{text.Remark}</td></tr>

            """);
    }
}
