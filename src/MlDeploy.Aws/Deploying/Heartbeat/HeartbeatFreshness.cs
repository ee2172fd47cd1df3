using MlDeploy.Aws.Clients.CloudWatch;

namespace MlDeploy.Aws.Deploying.Heartbeat;

/// <summary>Whether somebody judges a deployment: the age of its last heartbeat.</summary>
public static class HeartbeatFreshness
{
    /// <summary>Two beats are missing: its runner is gone, or soon will be taken for it by the alarm.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Back = TimeSpan.FromMinutes(10);

    /// <returns>Null without any in the last ten minutes.</returns>
    public static async Task<TimeSpan?> AgeAsync(CloudWatchClient cloudWatch, HeartbeatName name, TimeProvider clock, CancellationToken stop)
    {
        const int Period = 10;
        var now = clock.GetUtcNow();
        var request = new GetMetricDataRequest
        {
            MetricDataQueries =
            [
                new MetricDataQuery
                {
                    Id = "beats",
                    MetricStat = new MetricStat
                    {
                        Metric = new Metric { Namespace = HeartbeatName.Namespace, MetricName = HeartbeatName.Metric, Dimensions = name.Dimensions },
                        Period = Period,
                        Stat = "SampleCount",
                    },
                    ReturnData = true,
                },
            ],
            StartTime = now - Back,
            EndTime = now + TimeSpan.FromSeconds(Period),
            ScanBy = "TimestampDescending",
        };
        DateTimeOffset? last = null;
        await foreach (var result in cloudWatch.MetricDataAsync(request, stop))
        {
            foreach (var at in result.Timestamps)
            {
                last = last is null || at > last ? at : last;
            }
        }

        // The beat may have come at the period's end.
        return last is { } begin ? now - begin - TimeSpan.FromSeconds(Period) is { Ticks: > 0 } age ? age : TimeSpan.Zero : null;
    }
}
