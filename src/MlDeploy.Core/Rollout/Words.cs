using System.Globalization;

namespace MlDeploy.Core.Rollout;

/// <summary>Durations and shares as a reader says them.</summary>
public static class Words
{
    /// <summary>`90 s` up to two minutes, `2 min 30 s`, `1 h 5 min`.</summary>
    public static string Of(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalSeconds: < 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 1 } => Join((int)time.TotalMinutes, "min", time.Seconds, "s"),
        _ => Join((int)time.TotalHours, "h", time.Minutes, "min"),
    };

    /// <summary>`5 %`, `0.5 %`.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %");

    private static string Join(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
