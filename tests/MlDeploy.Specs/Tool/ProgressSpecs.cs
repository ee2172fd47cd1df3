using MlDeploy.Tool.Output;

namespace MlDeploy.Specs.ToolShell;

public sealed class ProgressSpecs : IDisposable
{
    private readonly StringWriter written = new() { NewLine = "\n" };
    private readonly SteppedClock clock = new(new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero));

    public void Dispose() => written.Dispose();

    [Fact]
    public void A_change_of_state_is_one_line_with_its_time_in_utc()
    {
        Progress(terminal: false).State("step 1 of 3: 5 % to v2 for 5m");

        Assert.Equal("2026-11-21T08:00:00Z  step 1 of 3: 5 % to v2 for 5m\n", written.ToString());
    }

    [Fact]
    public void After_thirty_seconds_of_silence_a_heartbeat_says_what_is_waited_for()
    {
        var progress = Progress(terminal: false);
        progress.State("testing");
        using (progress.Heartbeat(() => "40 of 200 requests"))
        {
            clock.Advance(TimeSpan.FromSeconds(20));
            progress.State("shifting");
            clock.Advance(TimeSpan.FromSeconds(29));
            Assert.DoesNotContain("…", written.ToString(), StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromSeconds(1));
            clock.Advance(TimeSpan.FromSeconds(30));
        }

        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(
            """
            2026-11-21T08:00:00Z  testing
            2026-11-21T08:00:20Z  shifting
            2026-11-21T08:00:50Z  … 40 of 200 requests
            2026-11-21T08:01:20Z  … 40 of 200 requests

            """,
            written.ToString());
    }

    [Fact]
    public void A_terminal_gets_no_heartbeat_because_somebody_watches_it()
    {
        using var heartbeat = Progress(terminal: true).Heartbeat(() => "waiting");
        clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Empty(written.ToString());
    }

    private ProgressLines Progress(bool terminal) => new(written, clock, terminal, Palette.None);

    /// <summary>Moves only when told to, one second at a time, and runs the timers that fall due.</summary>
    private sealed class SteppedClock(DateTimeOffset start) : TimeProvider
    {
        private readonly List<Timer> timers = [];
        private DateTimeOffset now = start;

        public override DateTimeOffset GetUtcNow() => now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(() => callback(state), now + dueTime, period);
            timers.Add(timer);
            return timer;
        }

        public void Advance(TimeSpan by)
        {
            for (var end = now + by; now < end;)
            {
                now += TimeSpan.FromSeconds(1);
                timers.ForEach(timer => timer.RunIfDue(now));
            }
        }

        private sealed class Timer(Action run, DateTimeOffset due, TimeSpan period) : ITimer
        {
            private DateTimeOffset? next = due;

            public void RunIfDue(DateTimeOffset now)
            {
                while (next is { } at && at <= now)
                {
                    run();
                    next = next is null ? null : at + period;
                }
            }

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose() => next = null;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
