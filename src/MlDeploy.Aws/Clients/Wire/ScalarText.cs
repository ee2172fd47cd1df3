using System.Globalization;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>Single values as text: in forms, XML, paths, and where a JSON reply has text for a number or a time.</summary>
internal static class ScalarText
{
    public static string Write(ScalarKind kind, object value) => kind switch
    {
        ScalarKind.Boolean => (bool)value ? "true" : "false",
        ScalarKind.Time => ((DateTimeOffset)value).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture),
        ScalarKind.Blob => Convert.ToBase64String((byte[])value),
        ScalarKind.Real => ((double)value).ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    public static object Read(ScalarKind kind, string text) => kind switch
    {
        ScalarKind.Text => text,
        ScalarKind.Integer => int.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture),
        ScalarKind.Long => long.Parse(text, NumberStyles.Integer, CultureInfo.InvariantCulture),
        ScalarKind.Real => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        ScalarKind.Boolean => bool.Parse(text),
        ScalarKind.Time => Time(text),
        ScalarKind.Blob => Convert.FromBase64String(text),
        _ => throw new InvalidOperationException($"no such kind: {kind}"),
    };

    /// <summary>Seconds since 1970, with fractions.</summary>
    public static DateTimeOffset Time(double seconds) => DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));

    // Services write ISO 8601; where they should not, moto writes it too, and the other way round.
    private static DateTimeOffset Time(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
        ? Time(seconds)
        : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
