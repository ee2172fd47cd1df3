using System.Globalization;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>Figures that are recorded, not asserted: to the test's output, and to MLDEPLOY_MEASUREMENTS when a soak collects them.</summary>
internal static class Measurements
{
    public static void Record(string what, IReadOnlyCollection<TimeSpan> times)
    {
        var sorted = times.Select(time => time.TotalSeconds).Order().ToArray();
        Record(what, sorted.Length == 0 ? "none" : string.Create(
            CultureInfo.InvariantCulture, $"median {sorted[sorted.Length / 2]:0.00} s, worst {sorted[^1]:0.00} s, n {sorted.Length}"));
    }

    public static void Record(string what, string figure)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {figure}");
        if (Environment.GetEnvironmentVariable("MLDEPLOY_MEASUREMENTS") is { Length: > 0 } file)
        {
            File.AppendAllText(file, $"- {what}: {figure}\n");
        }
    }
}
