using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout.Journal;

namespace MlDeploy.Aws.Deploying.Watching;

/// <summary>
/// Publishes what model gates measure of the candidate, at most once a minute, where the dashboard looks for it: namespace `mldeploy`,
/// the metric's name, dimensions Application and Version. It is for people: the gates do not read it, and a value that is lost ends nothing.
/// </summary>
public sealed class ModelMetrics(CloudWatchClient cloudWatch, string application, string version, TimeProvider clock) : IAsyncDisposable
{
    private const string Namespace = "mldeploy";

    private static readonly TimeSpan AtMostEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private Task publishing = Task.CompletedTask;
    private long? last;

    /// <summary>Never waits: what comes while the last is being sent is left out.</summary>
    public void Add(JournalEntry entry)
    {
        if (entry is LookEntry { Judgments: { } judgments } && publishing.IsCompleted && (last is not { } before || clock.GetElapsedTime(before) >= AtMostEvery) && Data(judgments) is { IsEmpty: false } data)
        {
            last = clock.GetTimestamp();
            publishing = PublishAsync(data);
        }
    }

    public async ValueTask DisposeAsync() => await publishing;

    private ImmutableArray<MetricDatum> Data(ImmutableArray<Judgment> judgments) =>
    [
        .. judgments.Where(judgment => judgment is { Value: { } value } && double.IsFinite(value) && judgment.Gate.StartsWith("model.", StringComparison.Ordinal)).Select(judgment => new MetricDatum
        {
            MetricName = judgment.Gate,
            Dimensions = [new Dimension { Name = "Application", Value = application }, new Dimension { Name = "Version", Value = version }],
            Value = judgment.Value!.Value,
        }),
    ];

    private async Task PublishAsync(ImmutableArray<MetricDatum> data)
    {
        using var late = new CancellationTokenSource(Patience, clock);
        try
        {
            await cloudWatch.PutMetricDataAsync(new PutMetricDataRequest { Namespace = Namespace, MetricData = data }, late.Token);
        }
        catch (Exception lost) when (lost is AwsServiceException or OperationCanceledException)
        {
            // The next minute has newer ones.
        }
    }
}
