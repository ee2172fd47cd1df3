namespace MlDeploy.Local.Supervision;

/// <summary>
/// How long to wait before the next start: not at all the first time, since a stable version that crashed once should be back at
/// once; then 1 s, doubling up to 30 s, less up to a fifth at random, so that instances that fell together do not rise together.
/// </summary>
public sealed class RestartBackoff(Random random)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>A run at least this long was stable: what happens after it counts as a first time again.</summary>
    public static TimeSpan StableAfter { get; } = TimeSpan.FromMinutes(1);

    private int failures;

    /// <param name="ranFor">How long the run that just ended had lasted.</param>
    public TimeSpan Next(TimeSpan ranFor)
    {
        if (ranFor >= StableAfter)
            failures = 0;
        if (failures++ == 0)
            return TimeSpan.Zero;
        // 2^5 s is already beyond the longest; the exponent stays small however long it goes on.
        var full = TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(failures - 2, 5))));
        return full * (0.8 + 0.2 * random.NextDouble());
    }
}
