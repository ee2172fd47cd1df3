using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>The last deployments, each with its verdict and why, and the way to its report.</summary>
internal static class DeploymentsTable
{
    public static Markup Of(ApplicationView application) => application.Deployments.IsEmpty ? Markup.None : Markup.Of($"""
        <h3>Last deployments</h3>
        <ol class="deployments">{application.Deployments.Select(deployment => Row(application.Name, deployment))}</ol>
        """);

    private static Markup Row(string application, DeploymentView deployment) => Markup.Of($"""
        <li id="{application}.{deployment.Number}"><p><span class="number">{deployment.Number}</span> {Badge.Of(deployment.Good switch { true => "good", false => "bad", _ => "warn" }, deployment.Outcome)} {Report(application, deployment)}</p>
        <p>{Show.Cut(deployment.Verdict)}</p>
        {(deployment.Reason is { } reason && reason.Contains('\n', StringComparison.Ordinal) ? Markup.Of($"<details><summary>why, in full</summary><pre>{Show.Cut(reason)}</pre></details>") : Markup.None)}
        <p class="quiet">{Show.Time(deployment.StartedAt)} UTC{(deployment.Seconds is { } took ? $", took {Words.Of(TimeSpan.FromSeconds(took))}" : "")}, by {deployment.Holder}</p></li>
        """);

    private static Markup Report(string application, DeploymentView deployment) => deployment.Report
        ? Markup.Of($"""<a href="{application}/deployments/{deployment.Number}">report</a>""") : Markup.None;
}
