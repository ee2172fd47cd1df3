using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.CodeDeploy;

namespace MlDeploy.Aws.Deploying.Heartbeat;

/// <summary>
/// Names one deployment's heartbeat. Each deployment has an alarm of its own: one that nobody feeds is in ALARM, and CodeDeploy would
/// refuse the next deployment under it.
/// </summary>
/// <param name="Key">Eight letters and digits, drawn.</param>
public sealed record HeartbeatName(string Application, string Key)
{
    public const string Namespace = "mldeploy";
    public const string Metric = "Heartbeat";

    public string Alarm => $"{Prefix(Application)}{Key}";

    public ImmutableArray<Dimension> Dimensions => [new() { Name = "Application", Value = Application }, new() { Name = "Deployment", Value = Key }];

    public static HeartbeatName Draw(string application, Random random) =>
        new(application, random.NextInt64(1L << 32).ToString("x8", CultureInfo.InvariantCulture));

    /// <summary>The heartbeat that a deployment is guarded by; null when it is not one of ours.</summary>
    public static HeartbeatName? Of(string application, DeploymentInfo deployment) =>
        deployment.OverrideAlarmConfiguration?.Alarms.Select(alarm => OfAlarm(application, alarm.Name)).FirstOrDefault(name => name is not null);

    /// <summary>Another application may be named NAME-heartbeat: what follows has to be a key.</summary>
    public static HeartbeatName? OfAlarm(string application, string? alarm) =>
        alarm is not null && alarm.StartsWith(Prefix(application), StringComparison.Ordinal) && alarm[Prefix(application).Length..] is { Length: 8 } key && key.All(char.IsAsciiHexDigitLower)
            ? new HeartbeatName(application, key)
            : null;

    public static string Prefix(string application) => $"{application}-heartbeat-";
}
