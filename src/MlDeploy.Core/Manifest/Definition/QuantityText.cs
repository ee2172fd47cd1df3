using System.Globalization;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>Canonical units → as a manifest writes them.</summary>
internal static class QuantityText
{
    /// <summary>`1h30m`, `400ms`.</summary>
    public static string Duration(TimeSpan value)
    {
        var text = Part(value.Days, "d") + Part(value.Hours, "h") + Part(value.Minutes, "m") + Part(value.Seconds, "s") + Part(value.Milliseconds, "ms");
        return text.Length == 0 ? "0s" : text;
    }

    /// <summary>`0.5%`.</summary>
    public static string Share(double value) => $"{Number(value * 100)}%";

    /// <summary>At most six significant digits, never an exponent for what a manifest holds.</summary>
    public static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    public static string Size(long bytes) =>
        bytes >= 1L << 30 && bytes % (1L << 30) == 0 ? $"{bytes >> 30}GiB"
        : bytes >= 1L << 20 && bytes % (1L << 20) == 0 ? $"{bytes >> 20}MiB"
        : bytes >= 1L << 10 && bytes % (1L << 10) == 0 ? $"{bytes >> 10}KiB"
        : $"{bytes}B";

    private static string Part(int value, string unit) => value == 0 ? "" : value.ToString(CultureInfo.InvariantCulture) + unit;
}
