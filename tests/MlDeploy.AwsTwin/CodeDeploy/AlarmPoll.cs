using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>Asks CloudWatch for the alarms of a deployment.</summary>
internal sealed class AlarmPoll(TwinContext context, Deployment deployment)
{
    /// <summary>How many polls in a row may fail before their failure counts, so that one slow answer does not.</summary>
    private const int Patience = 3;

    private int failures;

    /// <returns>Why the deployment must stop; null while no alarm fires.</returns>
    public async Task<DeploymentError?> AskAsync()
    {
        var alarms = deployment.Alarms;
        if (alarms.Flag("enabled") != true || alarms.Objects("alarms").Select(alarm => alarm.Required("name")).ToList() is not { Count: > 0 } names)
        {
            return null;
        }

        try
        {
            using var caller = context.Caller("codedeploy", deployment.Region);
            var answer = await caller.QueryAsync("monitoring", "DescribeAlarms", new JsonObject { ["AlarmNames"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) }, context.Ending);
            failures = 0;
            var active = answer.Descendants("member").Where(alarm => alarm.Element("StateValue")?.Value == "ALARM").Select(alarm => alarm.Element("AlarmName")!.Value).ToList();
            return active.Count == 0 ? null : new DeploymentError("ALARM_ACTIVE",
                $"One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: <{string.Join(", ", active)}>");
        }
        catch (Exception problem) when (problem is AwsError or HttpRequestException)
        {
            failures++;
            return failures < Patience || alarms.Flag("ignorePollAlarmFailure") == true ? null : new DeploymentError("ALARM_ACTIVE",
                $"The deployment was stopped because the state of its alarms could not be retrieved from Amazon CloudWatch: {problem.Message}");
        }
    }
}
