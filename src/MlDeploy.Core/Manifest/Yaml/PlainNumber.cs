using System.Globalization;

namespace MlDeploy.Core.Manifest.Yaml;

/// <summary>
/// What counts as a number: JSON's grammar (an optional minus, digits without leading zeros, a fraction, an exponent).
/// YAML's `0x1F`, `0o17`, `1_000`, `.5`, `+1` and `.inf` are text here, and refused where a number is wanted.
/// </summary>
internal static class PlainNumber
{
    /// <summary>Longer than any number that means something in a manifest.</summary>
    private const int Longest = 40;

    public static bool IsNumber(string text)
    {
        var at = 0;
        if (text.Length is 0 or > Longest)
        {
            return false;
        }

        if (text[at] == '-')
        {
            at++;
        }

        var digits = Digits(text, ref at);
        if (digits == 0 || (digits > 1 && text[at - digits] == '0'))
        {
            return false;
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            if (Digits(text, ref at) == 0)
            {
                return false;
            }
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '+' or '-')
            {
                at++;
            }

            if (Digits(text, ref at) == 0)
            {
                return false;
            }
        }

        return at == text.Length;
    }

    /// <returns>Null when it is no number, or beyond a double's range.</returns>
    public static double? Parse(string text) =>
        IsNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static int Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at - start;
    }
}
