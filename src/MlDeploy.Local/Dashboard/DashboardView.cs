using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Analysis;
using MlDeploy.Local.Control;

namespace MlDeploy.Local.Dashboard;

/// <summary>All that the page shows, at one moment: `mldeploy/dashboard-view/v1`. Without environment values, commands or addresses of receivers.</summary>
internal sealed record DashboardView(string ToolVersion, DateTimeOffset At, ImmutableArray<ApplicationView> Applications);

/// <param name="Status">As `status` tells it; null when it could not be read.</param>
/// <param name="Arms">The versions that run, stable first.</param>
/// <param name="Rollout">The deployment under way.</param>
/// <param name="Deployments">The newest ones, newest first.</param>
/// <param name="Problem">Why it could not be read; null when it could.</param>
internal sealed record ApplicationView(
    string Name,
    ApplicationStatus? Status,
    ImmutableArray<ArmView> Arms,
    RolloutView? Rollout,
    ImmutableArray<InputsView> Inputs,
    ImmutableArray<DeploymentView> Deployments,
    string? Problem = null)
{
    public static ApplicationView Unreadable(string name, string problem) => new(name, null, [], null, [], [], problem);
}

/// <param name="AgeSeconds">Since the version was first deployed.</param>
/// <param name="SinceStart">As `metrics` tells it.</param>
/// <param name="Recent">Null before two readings lie a second apart.</param>
internal sealed record ArmView(string Version, string Role, double AgeSeconds, int Instances, int Healthy, ArmMetrics SinceStart, RecentView? Recent);

/// <summary>What a version did of late. Latencies in milliseconds, null without requests.</summary>
/// <param name="Seconds">How long that is: a minute, less when the dashboard was just opened.</param>
/// <param name="ErrorShare">0–1; null without requests.</param>
/// <param name="CpuCores">Cores in use on average.</param>
internal sealed record RecentView(double Seconds, double RequestsPerSecond, long Failures, double? ErrorShare, double? P50, double? P95, double? P99, double CpuCores);

/// <param name="Step">1-based; the bake is the last.</param>
/// <param name="Weight">The candidate's share of traffic that was asked for, 0–1.</param>
/// <param name="StepSecondsLeft">Until the step may pass; 0 when only evidence is waited for, null when no step is being judged.</param>
/// <param name="PatienceSecondsLeft">Until the step ends inconclusive; null when no step is being judged.</param>
/// <param name="SecondsLeft">At least so long until the end: the rest of this step and the steps to come; null when it waits for somebody, or is being undone.</param>
/// <param name="DeadlineSecondsLeft">Until the deployment is ended whatever it is at.</param>
/// <param name="Gates">As they were last written down in this step; empty before.</param>
internal sealed record RolloutView(
    int Number, string Candidate, string? Stable, string Phase, string StepName, int Step, int Steps, double Weight,
    double? StepSecondsLeft, double? PatienceSecondsLeft, double? SecondsLeft, double DeadlineSecondsLeft,
    DateTimeOffset StartedAt, string Holder, string? Reason, DateTimeOffset? JudgedAt, ImmutableArray<Judgment> Gates);

/// <summary>A version's inputs beside the profile it was deployed with.</summary>
/// <param name="WindowSeconds">The time that is looked at.</param>
/// <param name="ReferenceRows">0 without a profile: nothing is compared then.</param>
/// <param name="Features">Those that are absent, missing or of another kind, then the farthest first; at most <see cref="LiveInputs.MostFeatures"/>.</param>
/// <param name="More">Features that are left out.</param>
/// <param name="Limit">`monitoring.drift.max`; null where it is not watched.</param>
internal sealed record InputsView(string Version, string Role, double WindowSeconds, long Rows, long ReferenceRows, double? Limit, ImmutableArray<FeatureView> Features, int More);

/// <param name="Distance">0 identical, 1 disjoint; null when distributions are not compared.</param>
/// <param name="Chance">What chance alone stays below 95 times in 100.</param>
/// <param name="Missing">Share of rows, 0–1.</param>
/// <param name="State">same, differs, beyond, missing, absent, new, another kind, not compared.</param>
internal sealed record FeatureView(string Name, string Kind, double? Distance, double? Chance, double Missing, double ReferenceMissing, string State, bool TooFar);

/// <param name="Outcome">promoted, rolled back, judging …, or unreadable.</param>
/// <param name="Verdict">One sentence.</param>
/// <param name="Reason">All that is known of why; null when the verdict says it.</param>
/// <param name="Report">Whether its page can be opened.</param>
internal sealed record DeploymentView(int Number, DateTimeOffset StartedAt, double? Seconds, string Candidate, string Outcome, bool? Good, string Verdict, string? Reason, string Holder, bool Report);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DashboardView))]
internal sealed partial class DashboardJson : JsonSerializerContext;
