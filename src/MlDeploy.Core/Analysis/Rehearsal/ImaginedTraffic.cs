using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>Shares of bad answers at both arms, 0–1.</summary>
internal readonly record struct Shares(double Stable, double Candidate);

/// <summary>How both arms answer: from the effects, and from usual values where none is given.</summary>
/// <param name="Errors">http.errors.</param>
/// <param name="Slow">http.slow; null to follow from the latencies.</param>
/// <param name="Model">Inputs and predictions.</param>
internal sealed record ImaginedTraffic(Shares Errors, Shares? Slow, LatencyModel Stable, LatencyModel Candidate, ImaginedModelEffects Model)
{
    private const double UsualErrors = 0.001;
    private const double UsualP99 = 0.16;

    /// <summary>The same with a candidate that is as stable is.</summary>
    public ImaginedTraffic Harmless => this with
    {
        Errors = new Shares(Errors.Stable, Errors.Stable),
        Slow = Slow is { } slow ? new Shares(slow.Stable, slow.Stable) : null,
        Candidate = Stable,
        Model = Model.Harmless,
    };

    /// <exception cref="ExpectedException">Two effects on the same thing, or a share above all.</exception>
    public static ImaginedTraffic From(ImmutableArray<Effect> effects, ImmutableArray<Gate> gates, ImaginedModelEffects model)
    {
        var errors = Only(effects, effect => effect.Metric == "http.errors", "http.errors");
        var slow = Only(effects, effect => effect.Metric == "http.slow", "http.slow");
        var latency = Only(effects, effect => effect.Metric.StartsWith("latency.", StringComparison.Ordinal), "latency (it moves all its quantiles)");
        var stable = latency?.Stable is { } seconds ? LatencyModel.Through(Quantile(latency.Metric), seconds) : Usual(gates);
        return new ImaginedTraffic(
            Pair(errors, Math.Min(UsualErrors, Half(gates, "http.errors"))),
            slow is null ? null : Pair(slow, Math.Min(0.01, Half(gates, "http.slow"))),
            stable,
            latency is null ? stable : new LatencyModel(stable.Median * (latency.Factor ?? latency.Candidate!.Value / latency.Stable!.Value)),
            model);
    }

    /// <summary>Below every absolute limit by half, so that what is assumed does not fail by itself.</summary>
    private static LatencyModel Usual(ImmutableArray<Gate> gates) => new(gates
        .Where(gate => gate.Max is not null && MetricCatalog.Find(gate.Metric)?.Quantile is not null)
        .Select(gate => LatencyModel.Through(Quantile(gate.Metric), gate.Max!.Value / 2).Median)
        .Append(LatencyModel.Through(0.99, UsualP99).Median)
        .Min());

    private static double Quantile(string metric) => MetricCatalog.Find(metric)!.Quantile!.Value;

    private static double Half(ImmutableArray<Gate> gates, string metric) =>
        gates.Where(gate => gate.Metric == metric && gate.Max is > 0).Select(gate => gate.Max!.Value / 2).DefaultIfEmpty(1).Min();

    internal static Shares Pair(Effect? effect, double usual)
    {
        var stable = effect?.Stable ?? usual;
        var candidate = effect is null ? stable : effect.Candidate ?? stable * effect.Factor!.Value;
        return candidate <= 1 ? new Shares(stable, candidate) : throw new ExpectedException(
            ExitCode.Usage, $"the effect on {effect!.Metric} makes more than all answers bad", "give a smaller factor, or both shares: 1%..3%");
    }

    private static Effect? Only(ImmutableArray<Effect> effects, Func<Effect, bool> match, string what) => effects.Count(match) <= 1
        ? effects.FirstOrDefault(match)
        : throw new ExpectedException(ExitCode.Usage, $"there are two effects on {what}", "give one");
}
