using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Model.Predictions;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>
/// One arm's predictions of a step, out of its tasks' log streams. Each look reads on from the last, and once more over what came late; each line counts once,
/// by the time its task wrote it.
/// </summary>
/// <param name="taskDefinition">ARN with revision.</param>
internal sealed class ArmLog(LogsClient logs, string taskDefinition, LogPlace place, CaptureSettings settings, ModelJudging judging, TimeProvider clock)
{
    /// <summary>Lines younger than this are not asked for yet: a task sends them every five seconds, and the service needs a moment.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);

    /// <summary>A line that came up to so much later than its look is still found by the next.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(45);

    private readonly Dictionary<string, long> counted = new(StringComparer.Ordinal);
    private readonly string revision = taskDefinition[(taskDefinition.LastIndexOf('/') + 1)..];
    private StepWindow window = new(judging, 0, taskDefinition);
    private DateTimeOffset from;
    private DateTimeOffset cursor;
    private SampledLines lines = new(settings, judging.Reference);
    private bool all = true;
    private double dropped;

    public string TaskDefinition => taskDefinition;

    public void BeginStep(int number, DateTimeOffset began)
    {
        window = new StepWindow(judging, number, taskDefinition);
        counted.Clear();
        (from, cursor, all) = (began, began, true);
        (dropped, lines) = (0, new SampledLines(settings, judging.Reference));
    }

    /// <param name="next">Asked before each call: whether one more may be made.</param>
    public async Task ReadAsync(ImmutableArray<string> tasks, Func<bool> next, CancellationToken stop)
    {
        var until = clock.GetUtcNow() - Settled;
        if (tasks.IsEmpty || until <= cursor)
        {
            return;
        }

        // Where not all could be read there is no room to read anything twice.
        var since = all && cursor - Late > from ? cursor - Late : all ? from : cursor;
        var slice = await LogSlice.ReadAsync(logs, place.Streams(tasks), PredictionLineReader.MarkOf(settings.Inputs), since, until, next, stop);
        var before = lines.Rows;
        foreach (var line in slice.Lines)
        {
            Count(line);
        }

        // What was left out, by what was read in the rest of the time.
        dropped += slice.Read is > 0 and < 1 ? (lines.Rows - before) * (1 - slice.Read) / slice.Read : 0;
        (cursor, all) = (until, slice.Read >= 1);
        foreach (var old in counted.Where(entry => entry.Value < (until - Late).ToUnixTimeMilliseconds()).Select(entry => entry.Key).ToArray())
        {
            counted.Remove(old);
        }
    }

    public CapturedArm Read() => window.Read((long)Math.Round(dropped), lines.Unparsable) with { WhyNothing = WhyNothing() };

    private void Count(FilteredLogEvent line)
    {
        var id = line.EventId ?? string.Create(CultureInfo.InvariantCulture, $"{line.LogStreamName} {line.Timestamp} {line.Message}");
        if (line.Timestamp >= from.ToUnixTimeMilliseconds() && counted.TryAdd(id, line.Timestamp) && lines.Read(line.Message) is { } prediction)
        {
            window.Add(prediction, settings.Range);
        }
    }

    private string WhyNothing() =>
        $"no prediction of {revision} is in the log group {place.Group} yet"
        + lines.Others
        + $"; {PredictionLineFormat.Advice(settings, judging.Reference)}";
}
