using System.Buffers.Text;

namespace MlDeploy.Core.Model.Sketches;

/// <summary>Numbers as UTF-8 text: `-12.5e3`, `NaN`, `inf`, `-Infinity`; the decimal sign is a point.</summary>
public static class NumberText
{
    private const ulong Exact = 1UL << 53;

    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(power => double.Parse($"1e{power}", System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>
    /// A number at the start of the text. Digits and power of ten that a double holds exactly need one operation, rounded correctly
    /// (Clinger 1990, "How to read floating point numbers accurately", the fast path); everything else is left to the caller.
    /// </summary>
    /// <returns>Bytes read; 0 when it is no number, or not such a one.</returns>
    public static int TryParseStart(ReadOnlySpan<byte> text, out double number)
    {
        var (at, digits, mantissa, exponent) = (0, 0, 0UL, 0);
        var negative = text.Length > 0 && text[0] == '-';
        at = negative ? 1 : 0;
        for (; at < text.Length && (uint)(text[at] - '0') <= 9; at++, digits++)
        {
            mantissa = (mantissa * 10) + (uint)(text[at] - '0');
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            for (var first = at; at < text.Length && (uint)(text[at] - '0') <= 9; at++, digits++)
            {
                mantissa = (mantissa * 10) + (uint)(text[at] - '0');
                exponent = first - at - 1;
            }
        }

        if (digits is 0 or > 19 || mantissa > Exact || exponent < -22)
        {
            number = 0;
            return 0;
        }

        var magnitude = exponent == 0 ? mantissa : mantissa / PowersOfTen[-exponent];
        number = negative ? -magnitude : magnitude;
        return at;
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out double number)
    {
        text = text.Trim((byte)' ');
        if (text.Length > 0 && text[0] == '+')
        {
            text = text[1..];
        }

        if (TryParseStart(text, out number) is var read && read > 0 && read == text.Length)
        {
            return true;
        }

        return (Utf8Parser.TryParse(text, out number, out var consumed) && consumed == text.Length && text.Length > 0 && text[^1] is >= (byte)'0' and <= (byte)'9' or (byte)'.')
            || TryParseSpecial(text, out number);
    }

    private static bool TryParseSpecial(ReadOnlySpan<byte> text, out double number)
    {
        var negative = text.Length > 0 && text[0] == '-';
        var word = negative ? text[1..] : text;
        number = Is(word, "nan") ? double.NaN : Is(word, "inf") || Is(word, "infinity") ? negative ? double.NegativeInfinity : double.PositiveInfinity : 0;
        return number != 0;
    }

    private static bool Is(ReadOnlySpan<byte> text, string word)
    {
        if (text.Length != word.Length)
        {
            return false;
        }

        for (var index = 0; index < word.Length; index++)
        {
            if ((text[index] | 0x20) != word[index])
            {
                return false;
            }
        }

        return true;
    }
}
