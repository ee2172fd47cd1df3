using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>Checks of what CreateDeployment, CreateDeploymentGroup and UpdateDeploymentGroup are given.</summary>
internal static class Rules
{
    private const int MostAlarms = 10;

    private const int LongestDescription = 100;

    private static readonly string[] RollbackEvents = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];

    /// <summary>Whether a deployment's configuration rolls it back on an event.</summary>
    public static bool RollsBack(Deployment deployment, string happened) => deployment.AutoRollback.Flag("enabled") == true && deployment.AutoRollback.Texts("events").Contains(happened);

    public static void CheckDescription(string? description)
    {
        if (description?.Length > LongestDescription)
        {
            throw new AwsError("DescriptionTooLongException", $"Description is too long. It should not exceed {LongestDescription} characters");
        }
    }

    public static void CheckRollback(JsonObject? configuration)
    {
        if (configuration is null)
        {
            return;
        }

        var events = configuration.Texts("events").ToList();
        if (configuration.Flag("enabled") == true && events.Count == 0)
        {
            throw new AwsError("InvalidAutoRollbackConfigException", "Auto rollback is enabled, but no auto rollback event is specified");
        }

        if (events.Find(each => !RollbackEvents.Contains(each)) is { } unknown)
        {
            throw new AwsError("InvalidAutoRollbackConfigException", $"Auto rollback event {unknown} is not valid");
        }
    }

    public static void CheckAlarms(JsonObject? configuration)
    {
        if (configuration is null)
        {
            return;
        }

        var names = configuration.Objects("alarms").Select(alarm => alarm.Text("name")).ToList();
        if (configuration.Flag("enabled") == true && names.Count == 0)
        {
            throw new AwsError("InvalidAlarmConfigException", "The alarm configuration is enabled, but the alarm list is empty");
        }

        if (names.Exists(name => name is not { Length: > 0 and <= 255 }) || names.Distinct().Count() != names.Count)
        {
            throw new AwsError("InvalidAlarmConfigException", "An alarm name is empty, longer than 255 characters, or specified twice");
        }

        if (names.Count > MostAlarms)
        {
            throw new AwsError("AlarmsLimitExceededException", $"The maximum number of alarms for a deployment group ({MostAlarms}) was exceeded");
        }
    }

    /// <returns>The revision as CodeDeploy shows it, with its hash.</returns>
    public static JsonObject Revision(JsonObject input)
    {
        if (input["revision"] is not JsonObject given)
        {
            throw new AwsError("RevisionRequiredException", "Revision is required");
        }

        var revision = (JsonObject)given.DeepClone();
        var member = revision.Text("revisionType") switch
        {
            "AppSpecContent" => "appSpecContent",
            "String" => "string",
            "S3" => null,
            var type => throw new AwsError("InvalidRevisionException", $"The revision type {type} is not valid for the ECS compute platform"),
        };
        if (member is null)
        {
            var location = revision.Object("s3Location");
            return location.Text("bucket") is not null && location.Text("key") is not null && location.Text("bundleType") is "JSON" or "YAML"
                ? revision
                : throw new AwsError("InvalidRevisionException", "The S3 location must have a bucket, a key and the bundle type JSON or YAML");
        }

        if (revision.Object(member).Text("content") is not { Length: > 0 } content)
        {
            throw new AwsError("InvalidRevisionException", "The revision has no content");
        }

        var hash = AppSpec.Sha256(content);
        if (revision.Object(member).Text("sha256") is { } said && !string.Equals(said, hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new AwsError("InvalidRevisionException", "The SHA256 hash value of the revision content does not match its content");
        }

        revision[member]!["sha256"] = hash;
        return revision;
    }
}
