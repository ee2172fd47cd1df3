using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.Calling;

/// <summary>Counts the calls of a session, so that a command can be held to what it may cost.</summary>
internal sealed class CallCounts
{
    private readonly ConcurrentDictionary<string, int> calls = new(StringComparer.Ordinal);
    private int retries;

    public int Retries => Volatile.Read(ref retries);

    public ImmutableSortedDictionary<string, int> Read() => calls.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public void Count(AwsService service, string action) => calls.AddOrUpdate($"{service}.{action}", 1, (_, count) => count + 1);

    public void CountRetry() => Interlocked.Increment(ref retries);
}
