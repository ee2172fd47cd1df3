using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>What was read of a version's predictions.</summary>
/// <param name="Window">In the bins of the reference.</param>
/// <param name="Logged">Rows that were logged in the span: <see cref="WindowSketch.Rows"/> and an estimate of what was left out.</param>
/// <param name="Whole">True when every page of the span was read.</param>
/// <param name="Others">The end of a sentence that says there is no prediction: what there is instead; empty when there is nothing.</param>
public sealed record PastWindow(WindowSketch Window, long Logged, bool Whole, long Unparsable, string Others);

/// <summary>
/// What a version was asked and answered in a span of time that is over, out of its tasks' log streams. Bounded as the gates' reading is: of more than the calls
/// allow, the beginning of each part of the span is read, so that no time of day is left out.
/// </summary>
public sealed class PastPredictions(LogsClient logs, VersionLog log, CaptureSettings settings, TimeProvider clock)
{
    /// <summary>Pages of one reading, of a megabyte or 10,000 lines each; the pace of calls is the session's.</summary>
    public const int MostPages = 48;

    /// <summary>A day's hours.</summary>
    private const int MostParts = 24;

    /// <summary>What a look of the gates is about.</summary>
    private static readonly TimeSpan LeastPart = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    private int left;

    /// <param name="reference">Counts in its bins.</param>
    /// <param name="to">Lines that are younger than the log needs to settle are left out.</param>
    /// <exception cref="AwsServiceException">The log cannot be read, and why.</exception>
    public Task<PastWindow> ReadAsync(ModelReference reference, DateTimeOffset from, DateTimeOffset to, CancellationToken stop) =>
        CountAsync(reference, from, Earlier(to, clock.GetUtcNow() - ArmLog.Settled), stop);

    private async Task<PastWindow> CountAsync(ModelReference reference, DateTimeOffset from, DateTimeOffset to, CancellationToken stop)
    {
        var counted = new Counted(log, settings, reference);
        left = MostPages;
        if (to <= from)
        {
            return counted.Read(TimeSpan.Zero);
        }

        // A quiet application's day is one page.
        if (await SliceAsync(from, to, pages: 1, stop) is { Read: >= 1 } whole)
        {
            counted.Add(whole, to - from);
            return counted.Read(TimeSpan.Zero);
        }

        var parts = (int)Math.Clamp((to - from) / LeastPart, 1, MostParts);
        for (var part = 0; part < parts; part++)
        {
            var (begin, end) = (from + ((to - from) * part / parts), from + ((to - from) * (part + 1) / parts));

            // What quiet parts leave, busy ones that follow take.
            counted.Add(await SliceAsync(begin, end, left / (parts - part), stop), end - begin);
        }

        return counted.Read(to - from);
    }

    private Task<LogSlice> SliceAsync(DateTimeOffset from, DateTimeOffset to, int pages, CancellationToken stop) =>
        LogSlice.ReadAsync(logs, log.Asked, PredictionLineReader.MarkOf(settings.Inputs), from, to - Instant, () => pages-- > 0 && left-- > 0, stop);

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private sealed class Counted(VersionLog log, CaptureSettings settings, ModelReference reference)
    {
        private readonly WindowSketch window = reference.NewWindow(log.Name);
        private readonly SampledLines lines = new(settings, reference);
        private TimeSpan known;
        private double logged;
        private bool whole = true;

        public void Add(LogSlice slice, TimeSpan length)
        {
            var (rows, seen, taken) = (lines.Rows, lines.Seen, lines.Taken);
            foreach (var line in slice.Lines.Where(line => log.Streams.Takes(line.LogStreamName ?? "")))
            {
                lines.Read(line.Message)?.AddTo(window, settings.Range);
            }

            whole &= slice.Read >= 1;
            if (slice.Read > 0)
            {
                known += length;
                logged += lines.Taken > taken ? (lines.Rows - rows) * (double)(lines.Seen - seen) / (lines.Taken - taken) / slice.Read : 0;
            }
        }

        /// <param name="span">Of a part of which nothing was read, as much is thought as of the others.</param>
        public PastWindow Read(TimeSpan span) => new(
            window,
            Math.Max(window.Rows, (long)Math.Round(known > TimeSpan.Zero && span > known ? logged * (span / known) : logged)),
            whole,
            lines.Unparsable,
            lines.Others);
    }
}
