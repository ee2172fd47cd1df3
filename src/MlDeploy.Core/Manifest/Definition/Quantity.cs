using System.Buffers;
using System.Globalization;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>Numbers with units, read by hand: decimal arithmetic, so that 0.1% is 0.001 and not nearly so.</summary>
internal static class Quantity
{
    private static readonly (string Unit, decimal Ticks)[] TimeUnits =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    private static readonly (string Unit, decimal Bytes)[] SizeUnits =
    [
        ("B", 1), ("KB", 1e3m), ("MB", 1e6m), ("GB", 1e9m), ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30),
    ];

    private static readonly (string Unit, decimal Seconds)[] PerUnits = [("s", 1), ("min", 60), ("h", 3600)];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>`90s`, `1h30m`, `0.5s`: one or more numbers with units, larger units first.</summary>
    public static TimeSpan? Duration(string text)
    {
        var ticks = 0m;
        var rest = text.AsSpan();
        var smallest = -1;
        while (Split(rest, out var number, out var unit, out rest))
        {
            var at = Array.FindIndex(TimeUnits, known => string.Equals(known.Unit, unit, StringComparison.Ordinal));
            if (at <= smallest)
            {
                return null;
            }

            smallest = at;
            ticks += number * TimeUnits[at].Ticks;
        }

        return rest.IsEmpty && smallest >= 0 && ticks <= TimeSpan.TicksPerDay * 36_500m ? new TimeSpan((long)ticks) : null;
    }

    /// <summary>`5%` → 0.05.</summary>
    public static double? Share(string text) =>
        text.EndsWith('%') && Number(text.AsSpan(0, text.Length - 1)) is { } number ? (double)(number / 100) : null;

    /// <summary>`512MiB` → bytes.</summary>
    public static decimal? Size(ReadOnlySpan<char> text)
    {
        if (!Split(text, out var number, out var unit, out var rest) || !rest.IsEmpty)
        {
            return null;
        }

        foreach (var (name, bytes) in SizeUnits)
        {
            if (string.Equals(name, unit, StringComparison.Ordinal))
            {
                return number * bytes;
            }
        }

        return null;
    }

    /// <summary>`600/min` → 10 a second.</summary>
    public static double? Rate(string text) =>
        Per(text, out var amount) is { } seconds && Number(amount) is { } number ? (double)(number / seconds) : null;

    /// <summary>`5MiB/min` → bytes a second.</summary>
    public static double? Growth(string text) =>
        Per(text, out var amount) is { } seconds && Size(amount) is { } bytes ? (double)(bytes / seconds) : null;

    private static decimal? Per(string text, out ReadOnlySpan<char> amount)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        amount = slash < 0 ? default : text.AsSpan(0, slash);
        foreach (var (name, seconds) in PerUnits)
        {
            if (slash >= 0 && text.AsSpan(slash + 1).SequenceEqual(name))
            {
                return seconds;
            }
        }

        return null;
    }

    /// <summary>Takes one number and the letters behind it off the front.</summary>
    private static bool Split(ReadOnlySpan<char> text, out decimal number, out string unit, out ReadOnlySpan<char> rest)
    {
        var letters = text.IndexOfAnyExcept(NumberCharacters);
        number = 0;
        unit = "";
        rest = text;
        if (letters <= 0 || Number(text[..letters]) is not { } parsed)
        {
            return false;
        }

        var behind = text[letters..];
        var end = behind.IndexOfAny(NumberCharacters);
        unit = (end < 0 ? behind : behind[..end]).ToString();
        rest = end < 0 ? default : behind[end..];
        number = parsed;
        return true;
    }

    /// <summary>Digits with an optional fraction; at most 15 characters, which stays exact in every unit.</summary>
    private static decimal? Number(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 15 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1])
        && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
