using System.Diagnostics;
using System.Globalization;

namespace MlDeploy.Bench.Gateway;

/// <param name="P50">Microseconds; likewise the others.</param>
internal sealed record LoadSummary(long Sent, long Failed, double P50, double P99, double P999, double Seconds);

/// <summary>Runs the load generator in a process of its own.</summary>
internal static class LoadProcess
{
    /// <param name="orders">1 KB with 20 features each, instead of one small order again and again.</param>
    public static async Task<LoadSummary> RunAsync(int port, int rate, int seconds, int connections = 32, bool orders = false)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (var word in new[] { "serve-load", "--port", $"{port}", "--rate", $"{rate}", "--seconds", $"{seconds}", "--connections", $"{connections}" })
        {
            start.ArgumentList.Add(word);
        }

        if (orders)
        {
            start.ArgumentList.Add("--orders");
        }

        using var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var words = line.Trim().Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        return new LoadSummary((long)words[0], (long)words[1], words[2], words[3], words[4], words[5]);
    }
}
