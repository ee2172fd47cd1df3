using System.Collections.Immutable;
using System.Text.Json.Nodes;
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
                $"the gates on the model read the application's log from CloudWatch Logs, and the container {container} writes its own {(driver.Length > 0 ? $"by {driver}" : "nowhere")}{(driver == "awslogs" ? " without a group and a prefix" : "")}",
                "leave the log driver awslogs to the container (targets.aws.overrides, a template of your own), or remove the gates on the model");
    }

    public ImmutableArray<string> Streams(IEnumerable<string> tasks) => [.. tasks.Select(task => $"{Prefix}/{Container}/{task}")];
}
