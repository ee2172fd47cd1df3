using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>Where a version's container writes its standard output.</summary>
/// <param name="Prefix">The streams of its tasks are `Prefix/Container/TASK`.</param>
internal sealed record LogPlace(string Group, string Prefix, string Container)
{
    /// <param name="definition">As RegisterTaskDefinition takes it, and DescribeTaskDefinition gives it.</param>
    /// <exception cref="ExpectedException">Exit 3: its output does not go to CloudWatch Logs.</exception>
    public static LogPlace Of(JsonObject definition, string container)
    {
        var found = (definition["containerDefinitions"] as JsonArray ?? []).OfType<JsonObject>().FirstOrDefault(entry => $"{entry["name"]}" == container);
        var (driver, options) = ($"{found?["logConfiguration"]?["logDriver"]}", found?["logConfiguration"]?["options"]);
        return driver == "awslogs" && options?["awslogs-group"] is { } group && options["awslogs-stream-prefix"] is { } prefix
            ? new LogPlace($"{group}", $"{prefix}", container)
            : throw new ExpectedException(
                ExitCode.Usage,
                $"what the model predicts is read from the application's log in CloudWatch Logs, and the container {container} writes its own {(driver.Length > 0 ? $"by {driver}" : "nowhere")}{(driver == "awslogs" ? " without a group and a prefix" : "")}",
                "leave the log driver awslogs to the container (targets.aws.overrides, a template of your own): nothing else here tells what the model is asked");
    }

    public FilterLogEventsRequest Streams(IEnumerable<string> tasks) => new() { LogGroupName = Group, LogStreamNames = [.. tasks.Select(task => $"{Prefix}/{Container}/{task}")] };
}
