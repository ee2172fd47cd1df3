using MlDeploy.Core.Analysis;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Local.Control;
using MlDeploy.Local.Dashboard;

namespace MlDeploy.Specs.Dashboard;

/// <summary>A canary under way in an application whose names, labels and reasons were chosen by somebody with bad intentions.</summary>
internal static class ExampleView
{
    public const string Hostile = "<script>alert(1)</script>\"'&\u202eoops";

    public static DateTimeOffset Now { get; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static DashboardView Of(params ApplicationView[] applications) => new("1.0.0", Now, [.. applications]);

    public static ApplicationView Canary(string text = "plain", string name = "shop", DateTimeOffset? judged = null) => new(
        name,
        new ApplicationStatus(
            name, "127.0.0.1:8080", Listening: true,
            [
                new VersionStatus("v1-0", $"v1 {text}", "stable", 0.75, "healthy", 7, 20001, 0, Now.AddHours(-3), null),
                new VersionStatus("v2-0", "v2", "candidate", 0.25, "unhealthy", 8, 20002, 1, Now.AddMinutes(-2), $"health check failed: {text}"),
                new VersionStatus("v0-0", "v0", "previous", 0, "stopped", null, null, 0, Now.AddDays(-9), null),
            ],
            new Availability(1_234_567, 1_234_566, Now.AddDays(-9)),
            new DeploymentStatus(7, "v2-0", "judging", 1, 2, 0.25, Now.AddMinutes(-2), "ann@laptop", null, null),
            new ModelStatus("fraud", text, 90_000, 4_000, 2, 1, new DriftLook(Now.AddMinutes(-5), "v1-0", 900, 0.2, text, 0.31, [text]))),
        [
            Arm("v1-0", "stable", 12_000, new RecentView(60, 30, 0, 0, 0.5, 2, 1500, 0.02)),
            Arm("v2-0", "candidate", 120, null),
        ],
        new RolloutView(
            7, "v2-0", "v1-0", "judging", "step 1 of 2", 1, 3, 0.25, 8, 38, 28, 3_480, Now.AddMinutes(-2), $"ann@{text}", null, judged ?? Now.AddSeconds(-4),
            [
                new Judgment { Gate = "http.errors", Kind = JudgmentKind.Pass, Unit = MetricUnit.Share, Value = 0.001, Low = 0, High = 0.02, Stable = 0.002, Limit = "at most 5 %", N = 1_200 },
                new Judgment { Gate = $"http {text}", Kind = JudgmentKind.Fail, Value = 7, Limit = text, Reason = text },
                new Judgment { Gate = "latency.p99", Kind = JudgmentKind.Inconclusive, Unit = MetricUnit.Duration, Limit = "at most 1 s", Reason = "too few", MoreNeeded = 400 },
            ]),
        [
            new InputsView("v1-0", "stable", 3_600, 900, 60_000, 0.2, [.. Features(text)], 3),
            new InputsView("v2-0", "candidate", 3_600, 12, 60_000, 0.2, [], 0),
        ],
        [
            new DeploymentView(7, Now.AddMinutes(-2), null, "v2-0", "judging", null, "v2-0 is judging.", null, "ann@laptop", Report: false),
            new DeploymentView(6, Now.AddHours(-1), 31, "v3-0", "rolled back", false, $"v3-0 was rolled back: {text}.", $"first line\n{text}", "ann@laptop", Report: true),
            new DeploymentView(5, Now.AddHours(-3), 30, "v1-0", "promoted", true, "v1-0 is promoted.", null, "ann@laptop", Report: true),
        ]);

    private static IEnumerable<FeatureView> Features(string text) =>
    [
        new(text, "number", 0.31, 0.06, 0.05, 0.01, "beyond", TooFar: true),
        .. Enumerable.Range(1, 11).Select(at => new FeatureView($"f{at}", "category", 0.2 / at, 0.05, 0, 0, at < 4 ? "differs" : "same", TooFar: false)),
        new("free_text", "text", null, null, 1, 0, "absent", TooFar: true),
    ];

    private static ArmView Arm(string version, string role, double age, RecentView? recent) => new(
        version, role, age, 1, role == "stable" ? 1 : 0,
        new ArmMetrics(version, role, 9_000, 3, 3 / 9_000.0, 0.5, 2, 8, 40, 96 << 20, 0, 90_000, 4_000, 2, 1), recent);
}
