using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <param name="Rate">Requests a second, both arms together.</param>
/// <param name="Effects">At least one.</param>
/// <param name="Runs">Rollouts to simulate.</param>
/// <param name="Seed">The same seed gives the same report, on any number of processors.</param>
public sealed record RehearsalRequest(AppManifest Manifest, double Rate, ImmutableArray<Effect> Effects, int Runs, int Seed)
{
    /// <summary>So many share the budget of a gate on inputs when nothing else is said.</summary>
    public const int UsualFeatures = 50;

    /// <summary>Features of the model, at least 1.</summary>
    public int Features { get; init; } = UsualFeatures;
}

/// <summary>
/// Simulates many rollouts of one manifest under imagined traffic, with a candidate that has a given effect and with a harmless one:
/// so that `for` and `weight` are chosen, not guessed.
/// </summary>
public static class Rehearsal
{
    /// <exception cref="ExpectedException">Nothing that has an effect is judged, or the effects do not fit together.</exception>
    public static RehearsalReport Run(RehearsalRequest request, Action<string> progress, CancellationToken cancel)
    {
        var manifest = request.Manifest;
        var traffic = ImaginedTraffic.From(request.Effects, manifest.Rollout.Gates, ImaginedModelEffects.From(request.Effects, request.Features, manifest.Monitoring.CaptureSample));
        var setting = RehearsalSetting.Of(request, manifest.Rollout, traffic);
        RefuseWithoutEffect(request, setting, traffic);

        progress($"rehearsing {MetricText.Count(request.Runs)} rollouts with the effect");
        var runs = Runs(setting, traffic, request.Runs, request.Seed, cancel);
        progress($"rehearsing {MetricText.Count(request.Runs)} rollouts of a harmless version");
        var harmless = Harmless(setting, traffic, request, cancel);
        var report = Report(request, setting, traffic, runs, harmless);
        if (report.Caught >= RehearsalAdvice.Enough && harmless.Inconclusive <= 1 - RehearsalAdvice.Enough)
        {
            return report;
        }

        progress("looking for steps that would do");
        return report with { Advice = RehearsalAdvice.For(request, traffic, report, cancel) };
    }

    /// <summary>In parallel, each from its own seed.</summary>
    internal static RehearsedRun[] Runs(RehearsalSetting setting, ImaginedTraffic traffic, int count, int seed, CancellationToken cancel)
    {
        var runs = new RehearsedRun[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancel }, run => runs[run] = RehearsedRollout.Run(setting, traffic, unchecked((seed * 1_000_003) + run)));
        return runs;
    }

    private static void RefuseWithoutEffect(RehearsalRequest request, RehearsalSetting setting, ImaginedTraffic traffic)
    {
        if (!setting.Judging.Gates.Any(gate => GateTraffic.For(gate, traffic) is { Excess: > 0 }))
        {
            throw new ExpectedException(
                ExitCode.Usage,
                request.Effects.IsEmpty ? "no effect is given" : $"no gate of the manifest judges the effect, or it makes nothing worse: {string.Join(", ", request.Effects.Select(effect => effect.Metric))}",
                "give one that a gate judges and that makes the candidate worse: --effect http.errors=1%..3%, --effect latency.p99=x1.5, --effect model.inputs.drift=0.5sd");
        }
    }

    private static HarmlessReport Harmless(RehearsalSetting setting, ImaginedTraffic traffic, RehearsalRequest request, CancellationToken cancel)
    {
        var runs = Runs(setting, traffic.Harmless, request.Runs, unchecked(request.Seed + 1), cancel);
        var alarms = runs.Count(run => run.End == RehearsedEnd.Caught);
        return new HarmlessReport(runs.Length, alarms, WilsonUpper(alarms, runs.Length), 1 - setting.Judging.Confidence, Share(runs, run => run.End == RehearsedEnd.Inconclusive));
    }

    private static RehearsalReport Report(RehearsalRequest request, RehearsalSetting setting, ImaginedTraffic traffic, RehearsedRun[] runs, HarmlessReport harmless)
    {
        var gates = setting.Judging.Gates.Select(gate => GateTraffic.For(gate, traffic)).OfType<GateTraffic>().ToImmutableArray();
        var affected = Enumerable.Range(0, gates.Length).Where(at => gates[at].Excess > 0).ToArray();
        var caught = runs.Select(run => run.End == RehearsedEnd.Caught ? run.At : (TimeSpan?)null).ToArray();
        return new RehearsalReport
        {
            Application = request.Manifest.Name,
            Rate = request.Rate,
            Runs = runs.Length,
            Seed = request.Seed,
            Imagined = RehearsalText.Imagined(gates, traffic),
            Caught = Share(runs, run => run.End == RehearsedEnd.Caught),
            Inconclusive = Share(runs, run => run.End == RehearsedEnd.Inconclusive),
            Promoted = Share(runs, run => run.End == RehearsedEnd.Promoted),
            Median = Quantile(caught, 0.5),
            NineInTen = Quantile(caught, 0.9),
            BadAnswers = runs.Average(run => affected.Sum(at => run.Gates[at].Bad)),
            ExcessBadAnswers = runs.Average(run => affected.Sum(at => run.Units * gates[at].Excess)),
            CandidateRequests = runs.Average(run => run.Units),
            Steps = [.. Steps(setting, runs)],
            Gates = [.. request.Manifest.Rollout.Gates.Select(gate => GateReport(gate, gates, runs))],
            Harmless = harmless,
        };
    }

    private static IEnumerable<RehearsedStepReport> Steps(RehearsalSetting setting, RehearsedRun[] runs) => setting.Plan.Steps.Select(step => new RehearsedStepReport(
        step.Name,
        step.Weight,
        step.For,
        setting.LookEvery(step),
        step.Weight * step.For.TotalSeconds * setting.Rate,
        Share(runs, run => run.End == RehearsedEnd.Caught && run.Step == step.Index),
        Share(runs, run => run.End == RehearsedEnd.Caught && run.Step <= step.Index),
        Share(runs, run => run.End == RehearsedEnd.Inconclusive && run.Step == step.Index)));

    private static RehearsedGateReport GateReport(Gate gate, ImmutableArray<GateTraffic> rehearsed, RehearsedRun[] runs)
    {
        var metric = MetricCatalog.Find(gate.Metric)!;
        var limit = MetricText.Limit(gate, metric);
        var at = rehearsed.Select(one => one.Gate.Id).ToList().IndexOf(gate.Id);
        if (at < 0)
        {
            return new RehearsedGateReport(gate.Id, limit, metric.Judging == JudgingKind.Rule ? "a rule" : "no effect on it", null, null, null, null);
        }

        var failed = runs.Select(run => run.Gates[at].FailedAt).ToArray();
        var units = runs.Where(run => run.Gates[at].FailedAt is not null).Select(run => run.Gates[at].Units).Order().ToArray();
        return new RehearsedGateReport(
            gate.Id, limit, null, failed.Count(time => time is not null) / (double)runs.Length, Quantile(failed, 0.5), Quantile(failed, 0.9),
            Quantile(failed, 0.5) is null ? null : units[(runs.Length - 1) / 2]);
    }

    internal static double Share(RehearsedRun[] runs, Func<RehearsedRun, bool> match) => runs.Count(match) / (double)runs.Length;

    /// <summary>Over all rollouts; one that was not caught takes longer than any.</summary>
    private static TimeSpan? Quantile(TimeSpan?[] times, double quantile)
    {
        var known = times.OfType<TimeSpan>().Order().ToArray();
        var rank = (int)Math.Ceiling(quantile * times.Length) - 1;
        return rank < known.Length ? known[Math.Max(0, rank)] : null;
    }

    private static double WilsonUpper(int events, int n)
    {
        const double z = 1.96;
        var p = (double)events / n;
        return (p + (z * z / (2 * n)) + (z * Math.Sqrt((p * (1 - p) / n) + (z * z / (4.0 * n * n))))) / (1 + (z * z / n));
    }
}
