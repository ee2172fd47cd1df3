using System.Globalization;
using MlDeploy.Core.Model.Distances;
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
        new("mldeploy_model_age_seconds", "gauge", "Time since the model was trained.", arm => arm.ModelAgeSeconds),
        new("mldeploy_captured_rows", "counter", "Rows whose features and predictions were counted.", arm => arm.CapturedRows),
        new("mldeploy_capture_dropped", "counter", "Requests that capture left out: it could not keep up, or a body was too large.", arm => arm.CaptureDropped),
        new("mldeploy_capture_unparsable", "counter", "Requests that could not be read as the manifest's protocol.", arm => arm.CaptureUnparsable),
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

        WriteDrift(applications, text);
        text.Write("# EOF\n");
    }

    /// <summary>What the host's newest look found; nothing where it does not look, or had too few rows.</summary>
    private static void WriteDrift(IReadOnlyCollection<ApplicationMetrics> applications, TextWriter text)
    {
        var looks = applications.Where(application => application.Drift is { IsJudged: true }).Select(application => (application.Name, Look: application.Drift!)).ToArray();
        Write("mldeploy_drift_distance", "Distance of the feature that is farthest from the profile, 0 identical to 1 disjoint.", look => look.Distance);
        Write("mldeploy_drift_beyond", "Features beyond monitoring.drift.max, absent or of another type.", look => look.Beyond.Length);
        Write("mldeploy_drift_timestamp_seconds", "When it was looked.", look => look.At.ToUnixTimeMilliseconds() / 1000.0);

        void Write(string name, string help, Func<DriftLook, double?> value)
        {
            if (looks.Length == 0)
            {
                return;
            }

            text.Write($"# TYPE {name} gauge\n# HELP {name} {help}\n");
            foreach (var (application, look) in looks)
            {
                if (value(look) is { } number)
                {
                    text.Write(string.Create(CultureInfo.InvariantCulture, $"{name}{{application=\"{application}\",version=\"{look.Version}\"}} {number}\n"));
                }
            }
        }
    }

    private static IEnumerable<(ApplicationMetrics Application, ArmMetrics Arm)> Arms(IEnumerable<ApplicationMetrics> applications) =>
        applications.SelectMany(application => application.Arms.Select(arm => (application, arm)));

    private static string Labels(ApplicationMetrics application, ArmMetrics arm) => $"application=\"{application.Name}\",version=\"{arm.Version}\",role=\"{arm.Role}\"";

    private sealed record Family(string Name, string Kind, string Help, Func<ArmMetrics, double?> Value);
}
