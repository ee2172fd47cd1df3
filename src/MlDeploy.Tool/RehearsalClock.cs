using System.Globalization;

namespace MlDeploy.Tool;

/// <summary>
/// Time that runs faster, in step with a stand-in of AWS that compresses it: a rehearsed canary of five minutes then takes seconds.
/// Taken from <see cref="Variable"/>, `START@SPEED`: the moment (RFC 3339) when the rehearsal began, and how many of its seconds
/// pass in a real one. It counts only while AWS_ENDPOINT_URL names this machine, so that no real deployment is ever judged by it.
/// </summary>
internal sealed class RehearsalClock(DateTimeOffset start, double speed, TimeProvider real) : TimeProvider
{
    public const string Variable = "MLDEPLOY_REHEARSAL_CLOCK";

    private readonly long origin = real.GetTimestamp();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <returns>The real clock where nothing is rehearsed.</returns>
    public static TimeProvider Of(Func<string, string?> variable, TimeProvider real) =>
        variable(Variable)?.Split('@') is [var start, var speed]
        && Uri.TryCreate(variable("AWS_ENDPOINT_URL"), UriKind.Absolute, out var endpoint) && endpoint.IsLoopback
        && DateTimeOffset.TryParse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var began)
        && double.TryParse(speed, CultureInfo.InvariantCulture, out var times) && times is >= 1 and <= 1000
            ? new RehearsalClock(began, times, real)
            : real;

    public override DateTimeOffset GetUtcNow() => start + ((real.GetUtcNow() - start) * speed);

    public override long GetTimestamp() => (real.GetElapsedTime(origin) * speed).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ShrunkTimer(real.CreateTimer(callback, state, Real(dueTime), Real(period)), Real);

    private TimeSpan Real(TimeSpan rehearsed) =>
        rehearsed <= TimeSpan.Zero ? rehearsed : TimeSpan.FromMilliseconds(Math.Max(1, rehearsed.TotalMilliseconds / speed));

    private sealed class ShrunkTimer(ITimer timer, Func<TimeSpan, TimeSpan> real) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(real(dueTime), real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
