using System.Globalization;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis;

/// <summary>Values and limits as a reader wants them, in the unit the manifest writes them in.</summary>
public static class MetricText
{
    private const double Mebibyte = 1024 * 1024;

    /// <param name="value">In the metric's canonical unit: share 0–1, seconds, bytes per second, or a plain number.</param>
    public static string Value(MetricUnit unit, double value) => unit switch
    {
        MetricUnit.Share => Text($"{Rounded(value * 100)} %"),
        MetricUnit.Duration => Duration(value),
        MetricUnit.BytesPerTime => Text($"{Rounded(value * 60 / Mebibyte)} MiB/min"),
        _ => Rounded(value),
    };

    /// <summary>The gate's limits in words: `at most 5 %, at most 0.5 % above stable`.</summary>
    public static string Limit(Gate gate, MetricDefinition metric)
    {
        var parts = new List<string>();
        if (gate.Max is { } max)
        {
            parts.Add($"at most {Value(metric.Unit, max)}");
        }

        if (gate.Min is { } min)
        {
            parts.Add($"at least {Value(metric.Unit, min)}");
        }

        if (gate.MaxIncrease is { } increase)
        {
            parts.Add($"at most {Value(metric.Unit, increase)} above {(gate.Metric is "model.inputs.missing" ? "the profile" : "stable")}");
        }

        if (gate.MaxRatio is { } ratio)
        {
            parts.Add($"at most {Rounded(ratio)} times stable");
        }

        return parts.Count == 0 ? "exit code 0" : string.Join(", ", parts);
    }

    public static string Count(double count) => count < 1e15 ? Text($"{count:#,0}") : Rounded(count);

    /// <summary>Four significant digits at most; never in powers of ten below a million.</summary>
    public static string Rounded(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 1e-4 or >= 1e9 => Text($"{value:0.##e+0}"),
        < 0.1 => Text($"{value:0.####}"),
        < 10 => Text($"{value:0.##}"),
        < 100 => Text($"{value:0.#}"),
        _ => Text($"{value:#,0}"),
    };

    private static string Duration(double seconds) => Math.Abs(seconds) switch
    {
        < 0.001 => $"{Rounded(seconds * 1e6)} µs",
        < 1 => $"{Rounded(seconds * 1000)} ms",
        < 120 => $"{Rounded(seconds)} s",
        < 7200 => $"{Rounded(seconds / 60)} min",
        _ => $"{Rounded(seconds / 3600)} h",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
