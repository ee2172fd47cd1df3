using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Definition;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>Steps that would catch the effect, found by trying: the same weights held longer, and the same times with more weight.</summary>
internal static class RehearsalAdvice
{
    /// <summary>The chance that is taken for enough: in nine deployments out of ten.</summary>
    public const double Enough = 0.9;

    private const int TrialRuns = 200;
    private static readonly double[] Longer = [1.5, 2, 3, 4, 6, 8, 12, 16, 24];
    private static readonly double[] Heavier = [1.5, 2, 3, 5, 10];

    public static ImmutableArray<string> For(RehearsalRequest request, ImaginedTraffic traffic, RehearsalReport report, CancellationToken cancel)
    {
        var rollout = request.Manifest.Rollout;
        var why = report.Harmless.Inconclusive > 1 - Enough
            ? $"a harmless version would end inconclusive in {Percent(report.Harmless.Inconclusive)} of deployments: too few requests come to it (minimumRequests is {MetricText.Count(rollout.MinimumRequests)})"
            : $"the effect is caught in {Percent(report.Caught)} of deployments only";
        var longer = Suggest("held longer", Longer.Select(factor => LongerBy(rollout, factor)), request, traffic, cancel)
            ?? $"no time up to {Longer[^1]:0} times as long would do";
        var heavier = rollout.Steps.IsEmpty
            ? null
            : Suggest("with more weight", Heavier.Select(factor => HeavierBy(rollout, factor)).Where(tried => !tried.Steps.SequenceEqual(rollout.Steps)), request, traffic, cancel);
        return heavier is null ? [why, longer] : [why, longer, heavier];
    }

    private static string? Suggest(string how, IEnumerable<RolloutSettings> tries, RehearsalRequest request, ImaginedTraffic traffic, CancellationToken cancel)
    {
        foreach (var tried in tries)
        {
            var setting = RehearsalSetting.Of(request, tried, traffic);
            var caught = Rehearsal.Share(Rehearsal.Runs(setting, traffic, TrialRuns, request.Seed, cancel), run => run.End == RehearsedEnd.Caught);
            if (caught < Enough)
            {
                continue;
            }

            // What catches the bad must also let the good pass.
            var harmless = Rehearsal.Share(Rehearsal.Runs(setting, traffic.Harmless, TrialRuns, request.Seed, cancel), run => run.End == RehearsedEnd.Inconclusive);
            if (harmless <= 1 - Enough)
            {
                return $"{how} it would be caught in {Percent(caught)}: {Yaml(tried)}";
            }
        }

        return null;
    }

    private static RolloutSettings LongerBy(RolloutSettings rollout, double factor) => rollout.Steps.IsEmpty
        ? rollout with { Bake = Round(rollout.Bake * factor) }
        : rollout with { Steps = [.. rollout.Steps.Select(step => step with { For = Round(step.For * factor) })] };

    /// <summary>No step above a half, where stable would begin to have too little to compare with; never falling.</summary>
    private static RolloutSettings HeavierBy(RolloutSettings rollout, double factor) => rollout with
    {
        Steps = [.. rollout.Steps.Select(step => step with { Weight = step.Weight >= 0.5 ? step.Weight : Math.Min(0.5, Math.Round(step.Weight * factor, 2)) })],
    };

    private static TimeSpan Round(TimeSpan time) => time < TimeSpan.FromMinutes(2) ? TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds)) : TimeSpan.FromMinutes(Math.Ceiling(time.TotalMinutes));

    private static string Yaml(RolloutSettings rollout) => rollout.Steps.IsEmpty
        ? $"bake: {QuantityText.Duration(rollout.Bake)}"
        : $"steps: [ {string.Join(", ", rollout.Steps.Select(step => $"{{ weight: {QuantityText.Share(step.Weight)}, for: {QuantityText.Duration(step.For)} }}"))} ]";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}
