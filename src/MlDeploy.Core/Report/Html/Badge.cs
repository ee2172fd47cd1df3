using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>A short word that also has a colour; never a colour alone.</summary>
public static class Badge
{
    public static Markup Of(string tone, string word) => Markup.Of($"""<span class="badge {tone}">{word}</span>""");

    public static Markup Of(JudgmentKind kind) => Of(GateChart.ClassOf(kind), StepDecision.Name(kind));

    public static Markup Of(DeploymentReport report) => Of(
        report.Outcome switch
        {
            Phase.Promoted => "good",
            Phase.RolledBack or Phase.RollingBack or Phase.Unsafe => "bad",
            _ => "warn",
        },
        Verdicts.Name(report.Outcome));
}

/// <summary>What the lines of the drawings mean.</summary>
internal static class Legend
{
    public static Markup Gates => Markup.Constant("""
        <p class="legend" aria-hidden="true"><span><svg viewBox="0 0 28 10"><rect class="band" width="28" height="10"/><path class="candidate" d="M0 5L28 5"/></svg> candidate, with its interval</span> <span><svg viewBox="0 0 28 10"><path class="stable" d="M0 5L28 5"/></svg> stable</span> <span><svg viewBox="0 0 28 10"><line class="limit" x1="0" x2="28" y1="5" y2="5"/></svg> limit</span> <span><svg viewBox="0 0 28 10"><rect class="good" x="0" y="2" width="9" height="6"/><rect class="warn" x="9.5" y="2" width="9" height="6"/><rect class="bad" x="19" y="2" width="9" height="6"/></svg> passing, inconclusive, failing</span></p>
        """);

    public static Markup Features => Markup.Constant("""
        <p class="legend" aria-hidden="true"><span><svg viewBox="0 0 28 10"><rect class="bar reference" width="28" height="10"/></svg> reference</span> <span><svg viewBox="0 0 28 10"><path class="stable" d="M0 5L28 5"/></svg> stable</span> <span><svg viewBox="0 0 28 10"><path class="candidate" d="M0 5L28 5"/></svg> candidate</span></p>
        """);
}
