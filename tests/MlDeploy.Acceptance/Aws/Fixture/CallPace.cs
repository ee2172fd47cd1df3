using System.Globalization;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>How many calls a canary takes, from its first shift to its end.</summary>
internal static class CallPace
{
    public const int MostAMinute = 25;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Writes down the calls of the busiest minute of the deployment that was just made, and says how many they were.</summary>
    /// <param name="what">As the measurement is called.</param>
    /// <param name="requests">Of the deployment alone: nobody else has called meanwhile.</param>
    public static int OfBusiestMinute(string what, IEnumerable<LoggedRequest> requests)
    {
        var calls = requests.Where(call => call.Caller == "client").ToArray();
        var began = calls.First(call => call.Action == "ContinueDeployment").At;
        var canary = calls.Where(call => call.At >= began).ToArray();
        var busiest = canary.Select(first => canary.Where(call => call.At >= first.At && call.At < first.At + Minute).ToArray()).MaxBy(minute => minute.Length)!;
        Measurements.Record(
            what,
            string.Create(CultureInfo.InvariantCulture, $"{busiest.Length} ({(busiest[0].At - began).TotalMinutes:0.0} min after it began: {Kinds(busiest)}), in the mean {canary.Length / (canary[^1].At - began).TotalMinutes:0.0}"));
        return busiest.Length;
    }

    private static string Kinds(IEnumerable<LoggedRequest> calls) =>
        string.Join(", ", calls.CountBy(call => call.Action).OrderByDescending(kind => kind.Value).Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value}")));
}
