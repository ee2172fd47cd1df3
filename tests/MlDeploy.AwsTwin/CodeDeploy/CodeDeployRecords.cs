using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>Applications, deployment groups and deployment configurations of one region, as the API shows them.</summary>
internal sealed class CodeDeployRecords
{
    public ConcurrentDictionary<string, JsonObject> Applications { get; } = new();

    public ConcurrentDictionary<(string Application, string Group), JsonObject> Groups { get; } = new();

    public ConcurrentDictionary<string, JsonObject> Configurations { get; } = new(Predefined());

    /// <summary>By ARN.</summary>
    public ConcurrentDictionary<string, JsonArray> Tags { get; } = new();

    public JsonObject Application(string name) => Applications.GetValueOrDefault(name)
        ?? throw new AwsError("ApplicationDoesNotExistException", $"No application found for name: {name}");

    public JsonObject Group(string application, string group) => Groups.GetValueOrDefault((Application(application).Text("applicationName")!, group))
        ?? throw new AwsError("DeploymentGroupDoesNotExistException", $"No Deployment Group found for name: {group}");

    public JsonObject Configuration(string name) => Configurations.GetValueOrDefault(name)
        ?? throw new AwsError("DeploymentConfigDoesNotExistException", $"No Deployment Configuration found for name: {name}");

    private static IEnumerable<KeyValuePair<string, JsonObject>> Predefined()
    {
        yield return Ecs("CodeDeployDefault.ECSAllAtOnce", new JsonObject { ["type"] = "AllAtOnce" });
        foreach (var (name, kind, percentage, minutes) in new[]
        {
            ("ECSCanary10Percent5Minutes", "Canary", 10, 5), ("ECSCanary10Percent15Minutes", "Canary", 10, 15),
            ("ECSLinear10PercentEvery1Minutes", "Linear", 10, 1), ("ECSLinear10PercentEvery3Minutes", "Linear", 10, 3),
        })
        {
            yield return Ecs($"CodeDeployDefault.{name}", new JsonObject
            {
                ["type"] = $"TimeBased{kind}",
                [$"timeBased{kind}"] = new JsonObject { [$"{kind.ToLowerInvariant()}Percentage"] = percentage, [$"{kind.ToLowerInvariant()}Interval"] = minutes },
            });
        }
    }

    private static KeyValuePair<string, JsonObject> Ecs(string name, JsonObject routing) => new(name, new JsonObject
    {
        ["deploymentConfigName"] = name,
        ["computePlatform"] = "ECS",
        ["trafficRoutingConfig"] = routing,
    });
}
