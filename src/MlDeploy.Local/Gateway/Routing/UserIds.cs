namespace MlDeploy.Local.Gateway.Routing;

/// <summary>
/// New ids for the gateway's cookie: SplitMix64 over a counter, so that they never repeat within a gateway's life,
/// from any thread, without a lock. An id tells users apart and opens nothing.
/// </summary>
internal sealed class UserIds(Random random)
{
    private long state = random.NextInt64(long.MinValue, long.MaxValue);

    public string Next() =>
        UserKey.Mix((ulong)Interlocked.Add(ref state, unchecked((long)0x9E37_79B9_7F4A_7C15))).ToString("x16");
}
