using System.Globalization;
using MlDeploy.Local.Control;

namespace MlDeploy.Tool.OnLocal;

/// <summary>Metrics in the OpenMetrics 1.0 text format, so that any scraper can take them.</summary>
internal static class OpenMetrics
{
    private static readonly Family[] Families =
    [
        new("mldeploy_requests", "counter", "Requests answered or failed, since the version runs.", arm => arm.Requests),
        new("mldeploy_failures", "counter", "Requests answered 5xx, timed out, refused or cut off.", arm => arm.Failures),
        new("mldeploy_cpu_seconds", "counter", "CPU time used by the version's processes.", arm => arm.CpuSeconds),
        new("mldeploy_memory_bytes", "gauge", "Resident memory of the version's processes.", arm => arm.MemoryBytes),
        new("mldeploy_restarts", "counter", "Times the version's process ended by itself and was started again.", arm => arm.Restarts),
    ];

    public static void Write(IReadOnlyCollection<ApplicationMetrics> applications, TextWriter text)
    {
        foreach (var family in Families)
        {
            text.Write($"# TYPE {family.Name} {family.Kind}\n# HELP {family.Name} {family.Help}\n");
            foreach (var (application, arm) in Arms(applications))
            {
                if (family.Value(arm) is { } value)
                {
                    text.Write(string.Create(CultureInfo.InvariantCulture, $"{family.Name}{(family.Kind == "counter" ? "_total" : "")}{{{Labels(application, arm)}}} {value}\n"));
                }
            }
        }

        text.Write("# TYPE mldeploy_latency_seconds summary\n# HELP mldeploy_latency_seconds Time from request to the end of the answer's headers.\n");
        foreach (var (application, arm) in Arms(applications))
        {
            foreach (var (quantile, milliseconds) in new[] { ("0.5", arm.P50), ("0.95", arm.P95), ("0.99", arm.P99) })
            {
                if (milliseconds is { } value)
                {
                    text.Write(string.Create(CultureInfo.InvariantCulture, $"mldeploy_latency_seconds{{{Labels(application, arm)},quantile=\"{quantile}\"}} {value / 1000}\n"));
                }
            }
        }

        text.Write("# EOF\n");
    }

    private static IEnumerable<(ApplicationMetrics Application, ArmMetrics Arm)> Arms(IEnumerable<ApplicationMetrics> applications) =>
        applications.SelectMany(application => application.Arms.Select(arm => (application, arm)));

    private static string Labels(ApplicationMetrics application, ArmMetrics arm) => $"application=\"{application.Name}\",version=\"{arm.Version}\",role=\"{arm.Role}\"";

    private sealed record Family(string Name, string Kind, string Help, Func<ArmMetrics, double?> Value);
}
