using System.Net.Sockets;

namespace MlDeploy.Aws.Images.Push;

/// <summary>What may pass by itself, and how long to wait for it.</summary>
internal sealed class Patience(PushOptions options, TimeProvider clock, Random random)
{
    public int Attempts => options.Attempts;

    /// <summary>A broken connection, a stalled request, or a registry that is busy.</summary>
    public static bool MayPass(Exception failure, CancellationToken cancel) => !cancel.IsCancellationRequested && failure switch
    {
        RegistryException answered => answered.Passing,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => false,
        HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException => true,
        _ => false,
    };

    /// <param name="failures">How many in a row; at least 1.</param>
    public Task WaitAsync(int failures, Exception failure, CancellationToken cancel)
    {
        var longest = TimeSpan.FromTicks(Math.Min(options.LongestWait.Ticks, options.FirstWait.Ticks << Math.Min(failures - 1, 16)));
        double share;
        lock (random)
        {
            share = 0.5 + random.NextDouble() / 2;
        }

        return Task.Delay((failure as RegistryException)?.RetryAfter ?? longest * share, clock, cancel);
    }

    /// <summary>Does something that may be done again, until it succeeds.</summary>
    public async Task<T> RetryAsync<T>(Func<Task<T>> act, CancellationToken cancel)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await act();
            }
            catch (Exception failure) when (failures < options.Attempts && MayPass(failure, cancel))
            {
                await WaitAsync(failures, failure, cancel);
            }
        }
    }
}
