using MlDeploy.Tool;

namespace MlDeploy.Specs.ToolShell;

public sealed class RehearsalClockSpecs
{
    private static readonly DateTimeOffset Began = DateTimeOffset.Parse("2026-11-21T08:00:00Z", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void Time_runs_as_many_times_faster_as_it_says_from_the_moment_it_says()
    {
        var real = new At(Began.AddSeconds(2));

        var clock = Clock(real, "2026-11-21T08:00:00Z@60", "http://127.0.0.1:4566");

        Assert.Equal(Began.AddMinutes(2), clock.GetUtcNow());
        var since = clock.GetTimestamp();
        real.Now = real.Now.AddSeconds(1);
        Assert.Equal(TimeSpan.FromMinutes(1), clock.GetElapsedTime(since));
    }

    [Fact]
    public async Task Delays_shrink()
    {
        var clock = Clock(TimeProvider.System, "2026-11-21T08:00:00Z@1000", "http://localhost:4566");
        var began = TimeProvider.System.GetTimestamp();

        await Task.Delay(TimeSpan.FromSeconds(100), clock);

        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.FromSeconds(0.09), TimeSpan.FromSeconds(50));
    }

    [Theory]
    [InlineData("2026-11-21T08:00:00Z@60", null)]
    [InlineData("2026-11-21T08:00:00Z@60", "https://aws.example.com")]
    [InlineData(null, "http://127.0.0.1:4566")]
    [InlineData("fast", "http://127.0.0.1:4566")]
    [InlineData("2026-11-21T08:00:00Z@0", "http://127.0.0.1:4566")]
    public void Nothing_real_is_judged_by_it(string? setting, string? endpoint) =>
        Assert.Same(TimeProvider.System, Clock(TimeProvider.System, setting, endpoint));

    private static TimeProvider Clock(TimeProvider real, string? setting, string? endpoint) =>
        RehearsalClock.Of(name => name == RehearsalClock.Variable ? setting : name == "AWS_ENDPOINT_URL" ? endpoint : null, real);

    private sealed class At(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
