namespace MlDeploy.AwsTwin.Clock;

/// <summary>
/// Time as everything in the twin sees it: starts at the real time and runs <see cref="Speed"/> times as fast.
/// Delays and timers made from it (`Task.Delay(time, clock)`, `PeriodicTimer(time, clock)`) shrink accordingly.
/// </summary>
internal sealed class TwinClock : TimeProvider
{
    private readonly TimeProvider real;
    private readonly DateTimeOffset start;
    private readonly long startTimestamp;

    /// <param name="speed">Twin seconds per real second; 1 or more.</param>
    public TwinClock(double speed, TimeProvider? real = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(speed, 1);
        Speed = speed;
        this.real = real ?? System;
        start = this.real.GetUtcNow();
        startTimestamp = this.real.GetTimestamp();
    }

    public double Speed { get; }

    public DateTimeOffset Start => start;

    /// <summary>Ticks of <see cref="TimeProvider.TimestampFrequency"/>, scaled, so that `GetElapsedTime` gives twin time.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ScaledTimer(this, real.CreateTimer(callback, state, ToReal(dueTime), ToReal(period)));

    /// <summary>How long this much twin time really takes; never rounded to zero.</summary>
    public TimeSpan ToReal(TimeSpan twin) =>
        twin == Timeout.InfiniteTimeSpan || twin == TimeSpan.Zero ? twin : TimeSpan.FromMilliseconds(Math.Max(1, twin.TotalMilliseconds / Speed));

    private TimeSpan Elapsed => real.GetElapsedTime(startTimestamp) * Speed;

    private sealed class ScaledTimer(TwinClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(clock.ToReal(dueTime), clock.ToReal(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
