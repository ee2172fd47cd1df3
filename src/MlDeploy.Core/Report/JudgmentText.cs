using System.Globalization;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Report;

/// <summary>A judgment's numbers in the metric's unit, as tables and lines show them; empty where there is none.</summary>
public sealed record JudgmentText(string Value, string Interval, string Stable, string Remark)
{
    public static JudgmentText From(Judgment judgment) => new(
        Number(judgment.Value, judgment.Unit),
        judgment is { Low: { } low, High: { } high } ? $"{Number(low, judgment.Unit)} – {Number(high, judgment.Unit)}" : "",
        Number(judgment.Stable, judgment.Unit),
        Remarks(judgment));

    public static string Number(double? value, MetricUnit unit) => value is not { } number ? "" : unit switch
    {
        MetricUnit.Share => string.Create(CultureInfo.InvariantCulture, $"{number * 100:0.##} %"),
        MetricUnit.Duration when number < 1 => string.Create(CultureInfo.InvariantCulture, $"{number * 1000:0.##} ms"),
        MetricUnit.Duration => string.Create(CultureInfo.InvariantCulture, $"{number:0.##} s"),
        MetricUnit.BytesPerTime => string.Create(CultureInfo.InvariantCulture, $"{number * 60 / (1 << 20):0.##} MiB/min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{number:0.###}"),
    };

    private static string Remarks(Judgment judgment)
    {
        var more = judgment is { Kind: JudgmentKind.Inconclusive, MoreNeeded: > 0 } ? $"about {judgment.MoreNeeded} more needed" : null;
        var caught = judgment is { Kind: JudgmentKind.Pass, SmallestCaught: { } smallest } ? $"would have caught +{Number(smallest, judgment.Unit)}" : null;
        return string.Join("; ", new[] { judgment.Reason, more, caught }.OfType<string>());
    }
}
