using System.Collections.Immutable;

namespace MlDeploy.AwsTwin.CloudFormation.Operations;

/// <summary>Runs work for each node as soon as all it waits for is done, everything else in parallel.</summary>
internal static class DependencyRun
{
    /// <param name="stopAtFailure">
    /// The first failure cancels what runs and starts nothing further, as creating does; otherwise only what waits for a
    /// failed node is left out, as deleting does.
    /// </param>
    /// <param name="work">True when the node is done, false when it failed. Must not throw but for cancellation.</param>
    /// <returns>The nodes that failed by themselves.</returns>
    public static async Task<ImmutableArray<string>> RunAsync(
        IReadOnlyDictionary<string, ImmutableArray<string>> waitsFor, bool stopAtFailure, Func<string, CancellationToken, Task<bool>> work, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var failed = ImmutableArray.CreateBuilder<string>();
        var waiting = waitsFor.Keys.Order(StringComparer.Ordinal).ToList();
        var done = new HashSet<string>();
        var running = new Dictionary<string, Task<bool>>();
        while (true)
        {
            foreach (var node in stop.IsCancellationRequested ? [] : waiting.Where(node => waitsFor[node].All(other => done.Contains(other) || !waitsFor.ContainsKey(other))).ToList())
            {
                waiting.Remove(node);
                running.Add(node, work(node, stop.Token));
            }

            if (running.Count == 0)
            {
                return failed.ToImmutable();
            }

            await Task.WhenAny(running.Values);
            var (name, ended) = running.First(one => one.Value.IsCompleted);
            running.Remove(name);
            if (ended.IsCompletedSuccessfully && ended.Result)
            {
                done.Add(name);
            }
            else
            {
                if (!ended.IsCanceled && !stop.IsCancellationRequested || !stopAtFailure)
                {
                    failed.Add(name);
                }

                if (stopAtFailure)
                {
                    await stop.CancelAsync();
                }
            }
        }
    }
}
