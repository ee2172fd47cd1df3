using System.Globalization;

namespace MlDeploy.Tool.Output;

/// <summary>
/// Progress on standard error: one line for each change of state, with its time in UTC. Where nobody watches a terminal,
/// a heartbeat tells the pipeline after 30 s of silence that the run is alive, and what it waits for
/// (Bamboo, for one, takes a silent build for a hung one).
/// </summary>
internal sealed class ProgressLines(TextWriter messages, TimeProvider clock, bool terminal, Palette palette)
{
    public static readonly TimeSpan HeartbeatAfter = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private DateTimeOffset lastLine = clock.GetUtcNow();

    /// <param name="at">When it happened; null: now.</param>
    public void State(string text, Tone tone = Tone.Plain, DateTimeOffset? at = null) => Line(text, tone, at);

    /// <summary>Speaks up while nothing else does, until disposed. On a terminal it does nothing.</summary>
    /// <param name="now">What is being waited for, asked at each beat: `step 2 of 3 at 25 %, 140 of 200 requests`.</param>
    public IDisposable Heartbeat(Func<string> now)
    {
        ITimer? timer = null;
        if (!terminal)
        {
            timer = clock.CreateTimer(_ => Beat(now), null, HeartbeatAfter, TimeSpan.FromSeconds(1));
        }

        return new Beating(timer);
    }

    private void Beat(Func<string> now)
    {
        lock (gate)
        {
            if (clock.GetUtcNow() - lastLine < HeartbeatAfter)
            {
                return;
            }
        }

        Line("… " + now(), Tone.Quiet);
    }

    private void Line(string text, Tone tone, DateTimeOffset? at = null)
    {
        lock (gate)
        {
            lastLine = clock.GetUtcNow();
            var time = (at ?? lastLine).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            messages.WriteLine($"{palette.Paint(Tone.Quiet, time)}  {palette.Paint(tone, text)}");
        }
    }

    private sealed class Beating(ITimer? timer) : IDisposable
    {
        public void Dispose() => timer?.Dispose();
    }
}
