namespace MlDeploy.Specs.Rollout;

/// <summary>A wall clock and a monotonic one that move apart when a test says so; timers follow the monotonic one.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Waiting> waiting = [];
    private TimeSpan elapsed;
    private DateTimeOffset wall = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => wall;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Waiting(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Someone sets the wall clock.</summary>
    public void SetWall(TimeSpan by) => wall += by;

    /// <summary>Time passes, whatever timers wait for it.</summary>
    public void Advance(TimeSpan by)
    {
        lock (gate)
        {
            (elapsed, wall) = (elapsed + by, wall + by);
        }
    }

    /// <summary>Goes to the next timer that is due within the time given, and runs it; false when there is none.</summary>
    public bool Step(TimeSpan within)
    {
        Waiting? next;
        lock (gate)
        {
            next = waiting.Where(timer => timer.Due <= elapsed + within).MinBy(timer => timer.Due);
            if (next is null)
            {
                return false;
            }

            waiting.Remove(next);
            if (next.Due > elapsed)
            {
                wall += next.Due - elapsed;
                elapsed = next.Due;
            }
        }

        next.Run();
        return true;
    }

    private sealed class Waiting(ManualClock clock, Action run) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public Action Run => run;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.gate)
            {
                clock.waiting.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock.elapsed + dueTime;
                    clock.waiting.Add(this);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (clock.gate)
            {
                clock.waiting.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
