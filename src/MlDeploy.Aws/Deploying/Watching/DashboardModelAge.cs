using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Aws.Deploying.Watching;

/// <summary>
/// Keeps the dashboard's "age of the model" right after a promotion: its formula holds the time of training as it was when the stack was
/// provisioned. A metric would need somebody who publishes it for ever.
/// </summary>
public static partial class DashboardModelAge
{
    /// <returns>What could not be done; null when all is well, also where no formula of ours is on the dashboard.</returns>
    public static async Task<string?> UpdateAsync(CloudWatchClient cloudWatch, string? dashboard, DateTimeOffset trainedAt, CancellationToken stop)
    {
        if (dashboard is null)
        {
            return null;
        }

        try
        {
            var body = (await cloudWatch.GetDashboardAsync(new GetDashboardRequest { DashboardName = dashboard }, stop)).DashboardBody ?? "";
            if (Updated(body, trainedAt) is { } updated)
            {
                await cloudWatch.PutDashboardAsync(new PutDashboardRequest { DashboardName = dashboard, DashboardBody = updated }, stop);
            }

            return null;
        }
        catch (AwsServiceException failure)
        {
            return $"the dashboard {dashboard} still shows the age of the earlier model ({Words.FirstLine(failure.Message)}); `mldeploy provision --target aws` brings it up to date";
        }
    }

    /// <returns>Null when there is nothing to change.</returns>
    public static string? Updated(string body, DateTimeOffset trainedAt)
    {
        try
        {
            if (JsonNode.Parse(body) is not JsonObject dashboard)
            {
                return null;
            }

            var changed = false;
            var seconds = trainedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            foreach (var options in (dashboard["widgets"] as JsonArray ?? []).SelectMany(widget => widget?["properties"]?["metrics"] as JsonArray ?? []).OfType<JsonArray>().SelectMany(metric => metric.OfType<JsonObject>()))
            {
                if (options["expression"]?.ToString() is { } expression && Age().IsMatch(expression) && Age().Replace(expression, $"${{before}}{seconds}${{after}}") is var right && right != expression)
                {
                    options["expression"] = right;
                    changed = true;
                }
            }

            return changed ? dashboard.ToJsonString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As templates/aws/application.yaml writes it.</summary>
    [GeneratedRegex(@"^(?<before>\(EPOCH\(\w+\) - )\d+(?<after>\) / 86400)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Age();
}
