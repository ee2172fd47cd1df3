using System.Globalization;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>
/// The statistics of CloudWatch: Average, Sum, Minimum, Maximum, SampleCount, pNN, and over a range TM (mean), TC (count),
/// TS (sum), PR (percentile rank), each with (lower:upper), whose lower bound is exclusive and upper inclusive, or as tmNN.
/// </summary>
internal static partial class Statistic
{
    /// <summary>Null when the datum cannot tell, as a percentile of a statistic set.</summary>
    /// <exception cref="AwsError">There is no such statistic.</exception>
    public static double? Of(Datum datum, string statistic)
    {
        switch (statistic)
        {
            case "Average":
                return datum.Count == 0 ? null : datum.Sum / datum.Count;
            case "Sum":
                return datum.Sum;
            case "Minimum":
                return datum.Minimum;
            case "Maximum":
                return datum.Maximum;
            case "SampleCount":
                return datum.Count;
            case "IQM":
                return Trimmed(datum, "TM", Percentile(datum, 25), Percentile(datum, 75));
        }

        if (PercentilePattern().Match(statistic) is { Success: true } percentile)
            return Percentile(datum, Number(percentile.Groups[1].Value));
        if (ShortPattern().Match(statistic) is { Success: true } shortened)
            return Trimmed(datum, shortened.Groups[1].Value.ToUpperInvariant(), null, Percentile(datum, Number(shortened.Groups[2].Value)));
        if (RangePattern().Match(statistic) is { Success: true } range)
        {
            return Trimmed(datum, range.Groups[1].Value, Bound(datum, range.Groups[2].Value), Bound(datum, range.Groups[3].Value));
        }

        throw new AwsError("InvalidParameterValue", $"The value {statistic} for parameter Stat is not supported.");
    }

    /// <summary>Whether there is such a statistic.</summary>
    public static bool Exists(string statistic) =>
        statistic is "Average" or "Sum" or "Minimum" or "Maximum" or "SampleCount" or "IQM"
        || PercentilePattern().IsMatch(statistic) || ShortPattern().IsMatch(statistic) || RangePattern().IsMatch(statistic);

    private static double? Percentile(Datum datum, double percent)
    {
        if (datum.Counts is not { } counts || datum.Count == 0)
            return null;
        var rank = percent / 100 * datum.Count;
        double passed = 0;
        foreach (var (value, count) in counts)
        {
            passed += count;
            if (passed >= rank)
                return value;
        }

        return datum.Maximum;
    }

    private static double? Trimmed(Datum datum, string kind, double? low, double? high)
    {
        if (datum.Counts is not { } counts)
            return null;
        double count = 0, sum = 0;
        foreach (var (value, times) in counts)
        {
            if ((low is null || value > low) && (high is null || value <= high))
                (count, sum) = (count + times, sum + (value * times));
        }

        return kind switch
        {
            "TC" => count,
            "TS" => sum,
            "PR" => datum.Count == 0 ? null : count / datum.Count * 100,
            _ => count == 0 ? null : sum / count,
        };
    }

    private static double? Bound(Datum datum, string text) => text switch
    {
        "" => null,
        _ when text.EndsWith('%') => Percentile(datum, Number(text[..^1])),
        _ => Number(text),
    };

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^p(\d{1,2}(?:\.\d{1,10})?|100)$")]
    private static partial Regex PercentilePattern();

    [GeneratedRegex(@"^(tm|tc|ts|wm)(\d{1,2}(?:\.\d{1,10})?)$")]
    private static partial Regex ShortPattern();

    [GeneratedRegex(@"^(TM|TC|TS|PR)\((\d*(?:\.\d+)?%?):(\d*(?:\.\d+)?%?)\)$")]
    private static partial Regex RangePattern();
}
