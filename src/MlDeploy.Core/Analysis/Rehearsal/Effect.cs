using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>
/// What is wrong with the imagined candidate: `http.errors=1%..3%` (at stable, and at the candidate) or `latency.p99=x1.5` (times stable's). Of the model:
/// `model.inputs.missing=1%..10%` (in the profile, and live), `model.inputs.drift=0.5sd` (moved by half a standard deviation) or `=x1000` (in another unit).
/// </summary>
/// <param name="Metric">`http.errors`, `http.slow`, `latency.*` or `model.*`.</param>
/// <param name="Stable">In the metric's canonical unit; null to assume something usual; of a distance 0.</param>
/// <param name="Candidate">Null when it is given by <paramref name="Factor"/>; of a distance in standard deviations of the feature.</param>
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
        if (!CanBe(known))
        {
            throw Refuse(text, $"{metric} cannot be rehearsed", Supported);
        }

        if (change is ['x', .. var times] && double.TryParse(times, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var factor) && factor is > 0 and <= 1000)
        {
            return new Effect(metric, null, null, factor);
        }

        if (IsDistance(known))
        {
            return change.EndsWith("sd", StringComparison.Ordinal)
                && double.TryParse(change[..^2], System.Globalization.NumberStyles.AllowDecimalPoint | System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var moved)
                && Math.Abs(moved) is > 0 and <= 100
                ? new Effect(metric, 0, moved, null)
                : throw Refuse(text, $"'{change}' is no change of {metric}", "write how far the values move in standard deviations, as 0.5sd or -1sd, or the factor of another unit, as x1000 (at most x1000)");
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

    private static string Supported => $"effects can be on {string.Join(", ", MetricCatalog.All.Where(CanBe).Select(metric => metric.Name))}";

    internal static bool IsDistance(MetricDefinition metric) => metric is { Judging: JudgingKind.Model, Unit: MetricUnit.Number };

    private static bool CanBe(MetricDefinition metric) => metric.Judging is JudgingKind.Proportion or JudgingKind.Quantile
        || (metric.Judging == JudgingKind.Model && metric.Unit is MetricUnit.Share or MetricUnit.Number && metric.Name is not ("model.age" or "model.inputs.schema"));

    private static double? Value(MetricUnit unit, string text) => unit == MetricUnit.Share
        ? Quantity.Share(text) is >= 0 and <= 1 and var share ? share : null
        : Quantity.Duration(text) is { } time && time > TimeSpan.Zero ? time.TotalSeconds : null;

    private static ExpectedException Refuse(string text, string problem, string remedy) => new(ExitCode.Usage, $"the effect '{text}': {problem}", remedy);
}
