using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>From values to coordinates, along one axis of a chart.</summary>
/// <param name="From">The value at <paramref name="Begin"/>.</param>
internal readonly record struct Scale(double From, double To, double Begin, double End)
{
    public double At(double value) => To > From && !double.IsNaN(value) ? Begin + ((Math.Clamp(value, From, To) - From) / (To - From) * (End - Begin)) : Begin;
}

/// <summary>Where an axis has its marks, and what they say.</summary>
internal static class Ticks
{
    private static readonly double[] Times =
        [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800];

    /// <param name="from">Seconds, as <paramref name="to"/>.</param>
    /// <param name="most">How many there is room for.</param>
    public static IEnumerable<(double At, string Text)> OfTime(double from, double to, int most)
    {
        var every = Times.FirstOrDefault(step => (to - from) / step <= most, Math.Max(to - from, 1));
        for (var at = Math.Ceiling(from / every) * every; at <= to; at += every)
        {
            yield return (at, Words.Of(TimeSpan.FromSeconds(at)));
        }
    }

    /// <summary>From 0 to at most a value, in round numbers of the unit it is shown in.</summary>
    public static IEnumerable<(double At, string Text)> OfValue(double to, MetricUnit unit, int most)
    {
        var shown = unit switch
        {
            MetricUnit.Share => 100,
            MetricUnit.Duration => to < 1 ? 1000 : 1,
            MetricUnit.BytesPerTime => 60.0 / (1 << 20),
            _ => 1,
        };
        var least = to * shown / most;
        var decade = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var every = new[] { 1.0, 2, 5, 10 }.First(step => step * decade >= least * 0.999) * decade;
        if (unit == MetricUnit.Count)
        {
            every = Math.Max(1, every);
        }

        for (var index = 0; index * every <= to * shown * 1.0001 && index <= most + 1; index++)
        {
            yield return (index * every / shown, JudgmentText.Number(index * every / shown, unit));
        }
    }
}
