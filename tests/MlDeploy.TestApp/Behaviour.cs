using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace MlDeploy.TestApp;

/// <summary>What happens in a request, as the options say; counts requests so that shares are exact instead of random.</summary>
internal sealed class Behaviour(Options options)
{
    private readonly Stopwatch up = Stopwatch.StartNew();
    private readonly List<byte[]> leaked = [];
    private long checks;
    private long predictions;

    public async Task HealthAsync(HttpContext context)
    {
        var check = Interlocked.Increment(ref checks);
        if (check > options.HangHealthAfter)
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        var healthy = check <= options.UnhealthyAfter && up.ElapsedMilliseconds >= options.UnhealthyFor;
        context.Response.StatusCode = healthy ? 200 : 503;
        await context.Response.WriteAsync(healthy ? "ok" : "told to be unhealthy");
    }

    /// <returns>The request's number; null when it has been answered with an error.</returns>
    public async Task<long?> PredictAsync(HttpContext context)
    {
        var number = Interlocked.Increment(ref predictions);
        if (number >= options.DieAfterRequests)
            Environment.Exit(options.ExitCode);
        if (options.Leak > 0)
        {
            var block = new byte[options.Leak];
            block.AsSpan().Fill(1);
            lock (leaked)
                leaked.Add(block);
        }

        for (var since = Stopwatch.StartNew(); since.ElapsedMilliseconds < options.Burn;)
            Thread.SpinWait(100);
        if (options.Slow > 0 && Falls(number, options.SlowRate))
            await Task.Delay(options.Slow, context.RequestAborted);
        if (!Falls(number, options.ErrorRate))
            return number;
        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        await context.Response.WriteAsync("told to fail");
        return null;
    }

    private static bool Falls(long number, double share) => Math.Floor(number * share) > Math.Floor((number - 1) * share);
}
