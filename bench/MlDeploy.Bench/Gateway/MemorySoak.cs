using System.Globalization;

namespace MlDeploy.Bench.Gateway;

/// <summary>A minute at 5,000 requests/s: the gateway's resident memory must not grow after it has settled.</summary>
internal static class MemorySoak
{
    /// <summary>Between the tenth second and the end: collector timing moves some megabytes, a leak of 100 bytes a request would add 25.</summary>
    private const double MostGrowthMib = 15;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var seconds = arguments.Number("--seconds", 60);
        var rate = arguments.Number("--rate", 5_000);
        await using var backend = await Contestant.ServeAsync("direct", "serve-backend", Contestant.FreePort());
        await using var gateway = await Contestant.ServeAsync("gateway", "serve-gateway", Contestant.FreePort(), Serving.AsAHost, "--backend", $"{backend.Port}");
        var load = LoadProcess.RunAsync(gateway.Port, rate, seconds, connections: 64);
        var readings = new List<double>();
        while (!load.IsCompleted)
        {
            await Task.WhenAny(load, Task.Delay(TimeSpan.FromSeconds(Math.Max(1, seconds / 6))));
            readings.Add(gateway.Memory / 1048576.0);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{readings[^1]:F1} MiB"));
        }

        var result = await load;
        var growth = readings[^1] - readings[0];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Sent} requests, {result.Failed} failed, {result.Sent / result.Seconds:F0}/s; memory {readings[0]:F1} → {readings[^1]:F1} MiB ({growth:+0.0;-0.0}), at most +{MostGrowthMib}"));
        return result.Failed > 0 || growth > MostGrowthMib ? 1 : 0;
    }
}
