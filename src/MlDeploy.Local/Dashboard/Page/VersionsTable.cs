using MlDeploy.Core.Analysis;
using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Control;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>The versions that run, side by side, and those that a rollback could go back to.</summary>
internal static class VersionsTable
{
    public static Markup Of(ApplicationView application, ApplicationStatus status)
    {
        var running = status.Versions.Where(version => version.Role != "previous").ToArray();
        return Markup.Of($"""
            {(running.Length == 0 ? Show.Note("No version runs.") : Markup.Of($"""
                <div class="scroll" role="region" aria-label="Versions of {application.Name}" tabindex="0"><table class="stack versions">
                <thead><tr><th scope="col">version</th><th scope="col">health</th><th scope="col" class="n">traffic</th><th scope="col" class="n">age</th><th scope="col" class="n">requests/s</th><th scope="col" class="n">errors</th><th scope="col" class="n">p50</th><th scope="col" class="n">p95</th><th scope="col" class="n">p99</th><th scope="col" class="n">CPU cores</th><th scope="col" class="n">memory</th><th scope="col" class="n">restarts</th><th scope="col" class="n">requests</th></tr></thead>
                <tbody>{running.Select(version => Row(version, application.Arms.FirstOrDefault(arm => arm.Version == version.Id && arm.Role == version.Role)))}</tbody></table></div>
                """))}
            {running.Where(version => version.Reason is not null).Select(version => Markup.Of($"""<pre class="why">{version.Id}: {Show.Cut(version.Reason!)}</pre>"""))}
            {Previous(status)}
            """);
    }

    private static Markup Row(VersionStatus version, ArmView? arm) => Markup.Of($"""
        <tr class="{version.Role}"><th scope="row"><code>{version.Id}</code> <small>{version.Role}</small></th><td data-column="health">{Health(version, arm)}</td>{Show.Cell("traffic", Words.Percent(version.Weight))}{Show.Cell("age", Show.Age(arm?.AgeSeconds))}{Show.Cell("requests/s", Show.Rate(arm?.Recent?.RequestsPerSecond))}{Show.Cell("errors", Show.Share(arm?.Recent?.ErrorShare))}{Show.Cell("p50", Show.Milliseconds(arm?.Recent?.P50))}{Show.Cell("p95", Show.Milliseconds(arm?.Recent?.P95))}{Show.Cell("p99", Show.Milliseconds(arm?.Recent?.P99))}{Show.Cell("CPU cores", Show.Cores(arm?.Recent?.CpuCores))}{Show.Cell("memory", Show.Bytes(arm?.SinceStart.MemoryBytes))}{Show.Cell("restarts", $"{version.Restarts}")}{Show.Cell("requests", arm is null ? "" : Since(arm.SinceStart))}</tr>
        """);

    private static Markup Health(VersionStatus version, ArmView? arm) => Markup.Of(
        $"""{Badge.Of(version.Health switch { "healthy" => "good", "starting" or "stopped" => "warn", _ => "bad" }, version.Health)}{(arm is null ? Markup.None : Markup.Of($" <small>{arm.Healthy} of {arm.Instances}</small>"))}""");

    private static string Since(ArmMetrics metrics) => metrics.Failures == 0 ? MetricText.Count(metrics.Requests) : $"{MetricText.Count(metrics.Requests)}, {MetricText.Count(metrics.Failures)} failed";

    private static Markup Previous(ApplicationStatus status)
    {
        var kept = status.Versions.Where(version => version.Role == "previous").ToArray();
        return kept.Length == 0 ? Markup.None : Markup.Of($"""
            <p class="quiet">Kept for a rollback: {kept.Select((version, at) => Markup.Of($"{(at == 0 ? "" : ", ")}<code>{version.Id}</code>"))}</p>
            """);
    }
}
