using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>What is wrong with the imagined candidate: `http.errors=1%..3%` (at stable, and at the candidate) or `latency.p99=x1.5` (times stable's).</summary>
/// <param name="Metric">`http.errors`, `http.slow` or `latency.*`.</param>
/// <param name="Stable">In the metric's canonical unit; null to assume something usual.</param>
/// <param name="Candidate">Null when it is given by <paramref name="Factor"/>.</param>
/// <param name="Factor">Times stable's.</param>
public sealed record Effect(string Metric, double? Stable, double? Candidate, double? Factor)
{
    /// <exception cref="ExpectedException">It cannot be read; says what is allowed.</exception>
    public static Effect Read(string text)
    {
        if (text.Split('=', 2) is not [var metric, var change])
        {
            throw Refuse(text, "names no metric and change", "write METRIC=STABLE..CANDIDATE or METRIC=xFACTOR: http.errors=1%..3%, latency.p99=x1.5");
        }

        var known = MetricCatalog.Find(metric) ?? throw Refuse(text, $"there is no metric {metric}", NearestName.Of(metric, MetricCatalog.All.Select(one => one.Name)) is { } near ? $"did you mean {near}?" : Supported);
        if (known.Judging is not (JudgingKind.Proportion or JudgingKind.Quantile))
        {
            throw Refuse(text, $"{metric} cannot be rehearsed", Supported);
        }

        if (change is ['x', .. var times] && double.TryParse(times, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var factor) && factor is > 0 and <= 1000)
        {
            return new Effect(metric, null, null, factor);
        }

        var ends = change.Split("..", 2);
        return ends.Length == 2 && Value(known.Unit, ends[0]) is { } stable && Value(known.Unit, ends[1]) is { } candidate
            ? new Effect(metric, stable, candidate, null)
            : throw Refuse(text, $"'{change}' is no change of {metric}", $"write {(known.Unit == MetricUnit.Share ? "shares as 1%..3%" : "durations as 160ms..240ms")}, stable first, or a factor as x1.5 (at most x1000)");
    }

    /// <summary>`50/s`, `600/min` → requests a second.</summary>
    /// <exception cref="ExpectedException">It cannot be read.</exception>
    public static double ReadRate(string text) => Quantity.Rate(text) is > 0 and <= 1e6 and var rate
        ? rate
        : throw new ExpectedException(ExitCode.Usage, $"'{text}' is no request rate", "write a number and /s, /min or /h, such as 50/s; at most 1000000/s");

    private static string Supported => $"effects can be on {string.Join(", ", MetricCatalog.All.Where(metric => metric.Judging is JudgingKind.Proportion or JudgingKind.Quantile).Select(metric => metric.Name))}";

    private static double? Value(MetricUnit unit, string text) => unit == MetricUnit.Share
        ? Quantity.Share(text) is >= 0 and <= 1 and var share ? share : null
        : Quantity.Duration(text) is { } time && time > TimeSpan.Zero ? time.TotalSeconds : null;

    private static ExpectedException Refuse(string text, string problem, string remedy) => new(ExitCode.Usage, $"the effect '{text}': {problem}", remedy);
}
