using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Faults;

/// <summary>
/// How many calls of one action AWS takes from an account in a region: a token bucket each, in twin time, as AWS throttles. Calls that
/// services make among themselves do not count here.
/// </summary>
internal sealed class RateLimits(TimeProvider clock)
{
    /// <summary>
    /// The first that matches counts; what matches none is not limited, since nothing of ours polls it. CloudFormation and CodeDeploy
    /// publish no rates: what others report is about ten a second. The others are at or below what their references say: "Request
    /// throttling" of the ECS, the EC2 and the Elastic Load Balancing API for calls that only read, "CloudWatch service quotas".
    /// </summary>
    private static readonly Rate[] Table =
    [
        new("cloudformation", "", PerSecond: 10, Burst: 20),
        new("codedeploy", "", PerSecond: 10, Burst: 20),
        new("ecs", "", PerSecond: 20, Burst: 50),
        new("ec2", "Describe", PerSecond: 10, Burst: 50),
        new("elasticloadbalancing", "Describe", PerSecond: 10, Burst: 40),
        new("monitoring", "DescribeAlarms", PerSecond: 9, Burst: 9),
        new("monitoring", "PutMetricAlarm", PerSecond: 3, Burst: 3),
        new("monitoring", "GetMetricData", PerSecond: 50, Burst: 50),
    ];

    private readonly Lock gate = new();
    private readonly Dictionary<(string Region, string Service, string Action), Bucket> buckets = [];

    /// <returns>False: the account has asked too often.</returns>
    public bool Take(string region, string service, string action)
    {
        if (Array.Find(Table, rate => rate.Service == service && action.StartsWith(rate.Action, StringComparison.Ordinal)) is not { } rate)
        {
            return true;
        }

        lock (gate)
        {
            var now = clock.GetTimestamp();
            var key = (region, service, action);
            var tokens = buckets.TryGetValue(key, out var bucket)
                ? Math.Min(rate.Burst, bucket.Tokens + clock.GetElapsedTime(bucket.At, now).TotalSeconds * rate.PerSecond)
                : rate.Burst;
            buckets[key] = new Bucket(tokens >= 1 ? tokens - 1 : tokens, now);
            return tokens >= 1;
        }
    }

    /// <exception cref="AwsError">A client asked too often.</exception>
    public void Check(TwinRequest request)
    {
        if (request.Caller == "client" && !Take(request.Region, request.Service, request.Action))
        {
            throw Throttling.Error(request);
        }
    }

    /// <param name="Action">What the action's name begins with.</param>
    private sealed record Rate(string Service, string Action, double PerSecond, double Burst);

    private readonly record struct Bucket(double Tokens, long At);
}
