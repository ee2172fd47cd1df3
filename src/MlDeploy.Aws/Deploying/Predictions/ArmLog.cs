using System.Collections.Immutable;
using System.Globalization;
using System.Text;
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

    /// <summary>The golden ratio's fraction: multiples of it fill [0, 1) evenly, whatever the number of lines.</summary>
    private const double Golden = 0.6180339887498949;

    private readonly PredictionLineReader reader = new(settings, judging.Reference);
    private readonly Dictionary<string, long> counted = new(StringComparer.Ordinal);
    private readonly string revision = taskDefinition[(taskDefinition.LastIndexOf('/') + 1)..];
    private StepWindow window = new(judging, 0, taskDefinition);
    private DateTimeOffset from;
    private DateTimeOffset cursor;
    private bool all = true;
    private long rows;
    private double dropped;
    private long unparsable;
    private long unrelated;
    private long lines;

    public string TaskDefinition => taskDefinition;

    public void BeginStep(int number, DateTimeOffset began)
    {
        window = new StepWindow(judging, number, taskDefinition);
        counted.Clear();
        (from, cursor, all) = (began, began, true);
        (dropped, unparsable, unrelated) = (0, 0, 0);
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
        var slice = await LogSlice.ReadAsync(logs, place.Group, place.Streams(tasks), PredictionLineReader.MarkOf(settings.Inputs), since, until, next, stop);
        var before = rows;
        foreach (var line in slice.Lines)
        {
            Count(line);
        }

        // What was left out, by what was read in the rest of the time.
        dropped += slice.Read is > 0 and < 1 ? (rows - before) * (1 - slice.Read) / slice.Read : 0;
        (cursor, all) = (until, slice.Read >= 1);
        foreach (var old in counted.Where(entry => entry.Value < (until - Late).ToUnixTimeMilliseconds()).Select(entry => entry.Key).ToArray())
        {
            counted.Remove(old);
        }
    }

    public CapturedArm Read() => window.Read((long)Math.Round(dropped), unparsable) with { WhyNothing = WhyNothing() };

    private void Count(FilteredLogEvent line)
    {
        var id = line.EventId ?? string.Create(CultureInfo.InvariantCulture, $"{line.LogStreamName} {line.Timestamp} {line.Message}");
        if (line.Timestamp < from.ToUnixTimeMilliseconds() || !counted.TryAdd(id, line.Timestamp) || (settings.Sample < 1 && (++lines * Golden % 1) >= settings.Sample))
        {
            return;
        }

        switch (reader.Read(Encoding.UTF8.GetBytes(line.Message), out var prediction))
        {
            case LineKind.Prediction:
                rows += prediction!.Rows;
                window.Add(prediction, settings.Range);
                break;
            case LineKind.Unparsable:
                unparsable++;
                break;
            default:
                unrelated++;
                break;
        }
    }

    private string WhyNothing() =>
        $"no prediction of {revision} is in the log group {place.Group} yet"
        + (unparsable > 0 ? $", and {unparsable} lines are cut off or no JSON" : unrelated > 0 ? $", and {unrelated} lines have no features at {settings.Inputs}" : "")
        + $"; {PredictionLineFormat.Advice(settings, judging.Reference)}";
}
