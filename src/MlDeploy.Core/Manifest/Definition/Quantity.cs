using System.Globalization;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>Numbers with units, read by hand: decimal arithmetic, so that 0.1% is 0.001 and not nearly so.</summary>
public static class Quantity
{
    private static readonly Unit[] TimeUnits =
    [
        new("d", TimeSpan.TicksPerDay), new("h", TimeSpan.TicksPerHour), new("m", TimeSpan.TicksPerMinute),
        new("s", TimeSpan.TicksPerSecond), new("ms", TimeSpan.TicksPerMillisecond),
    ];

    private static readonly Unit[] SizeUnits =
    [
        new("B", 1), new("KB", 1e3m), new("MB", 1e6m), new("GB", 1e9m), new("KiB", 1L << 10), new("MiB", 1L << 20), new("GiB", 1L << 30),
    ];

    private static readonly Unit[] PerUnits = [new("s", 1), new("min", 60), new("h", 3600)];

    /// <summary>`90s`, `1h30m`, `0.5s`: one or more numbers with units, larger units first.</summary>
    public static TimeSpan? Duration(string text)
    {
        var ticks = 0m;
        var rest = text.AsSpan();
        var smallest = -1;
        while (Split(rest, out var number, out var unit, out rest))
        {
            var at = Array.FindIndex(TimeUnits, known => string.Equals(known.Name, unit, StringComparison.Ordinal));
            if (at <= smallest)
            {
                return null;
            }

            smallest = at;
            ticks += number * TimeUnits[at].Size;
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
        var letters = LengthOf(text, number: true);
        number = 0;
        unit = "";
        rest = text;
        if (letters == 0 || letters == text.Length || Number(text[..letters]) is not { } parsed)
        {
            return false;
        }

        var behind = text[letters..];
        var end = LengthOf(behind, number: false);
        unit = behind[..end].ToString();
        rest = behind[end..];
        number = parsed;
        return true;
    }

    /// <summary>How many characters at the front belong, or do not belong, to a number.</summary>
    private static int LengthOf(ReadOnlySpan<char> text, bool number)
    {
        var at = 0;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.') == number)
        {
            at++;
        }

        return at;
    }

    /// <summary>Digits with an optional fraction; at most 15 characters, which stays exact in every unit.</summary>
    private static decimal? Number(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 15 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1])
        && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <param name="Size">In ticks, bytes or seconds.</param>
    private sealed record Unit(string Name, decimal Size);
}
