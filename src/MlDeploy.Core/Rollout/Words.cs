using System.Globalization;

namespace MlDeploy.Core.Rollout;

/// <summary>Durations and shares as a reader says them.</summary>
public static class Words
{
    private const int LongestSentence = 400;

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

    /// <summary>The first line of what someone else wrote, fit for one sentence: no control characters, no end mark, bounded.</summary>
    public static string FirstLine(string text)
    {
        var line = text.AsSpan().TrimStart();
        var end = line.IndexOfAny('\r', '\n');
        line = (end < 0 ? line : line[..end])[..Math.Min(end < 0 ? line.Length : end, LongestSentence)];
        var clean = string.Create(line.Length, line, static (characters, source) =>
        {
            for (var at = 0; at < source.Length; at++)
            {
                characters[at] = char.IsControl(source[at]) ? ' ' : source[at];
            }
        });
        return line.Length == LongestSentence ? $"{clean}…" : clean.TrimEnd(' ', '.', ':');
    }

    private static string Join(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
