using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>An AppSpec for ECS (user guide, "AppSpec file structure for Amazon ECS deployments"), JSON or YAML.</summary>
internal sealed record AppSpec
{
    public required string TaskDefinition { get; init; }

    public required string ContainerName { get; init; }

    public required int ContainerPort { get; init; }

    public string? PlatformVersion { get; init; }

    /// <summary>As ECS spells it; null for the service's own.</summary>
    public JsonObject? Network { get; init; }

    /// <summary>Lifecycle event → Lambda function.</summary>
    public required IReadOnlyDictionary<string, string> Hooks { get; init; }

    /// <exception cref="DeploymentFailure"/>
    public static AppSpec Parse(string content)
    {
        var root = Root(content);
        var resource = Member(root, "Resources") is JsonArray { Count: 1 } resources && resources[0] is JsonObject { Count: 1 } named ? named.First().Value as JsonObject : null;
        if (resource is null)
        {
            throw Invalid("The AppSpec file must have exactly one resource under Resources.");
        }

        if ((Member(resource, "Type") as JsonValue)?.ToString() != "AWS::ECS::Service")
        {
            throw Invalid("The resource of an AppSpec file for an Amazon ECS deployment must be of the type AWS::ECS::Service.");
        }

        var properties = Member(resource, "Properties") as JsonObject ?? [];
        var balancer = properties.Object("LoadBalancerInfo");
        return new AppSpec
        {
            TaskDefinition = properties.Text("TaskDefinition") ?? throw Invalid("The AppSpec file is missing the property TaskDefinition."),
            ContainerName = balancer.Text("ContainerName") ?? throw Invalid("The AppSpec file is missing the property LoadBalancerInfo.ContainerName."),
            ContainerPort = balancer.Whole("ContainerPort") ?? throw Invalid("The AppSpec file is missing the property LoadBalancerInfo.ContainerPort."),
            PlatformVersion = properties.Text("PlatformVersion"),
            Network = properties["NetworkConfiguration"] is JsonObject network ? (JsonObject)LowerFirst(network)! : null,
            Hooks = (Member(root, "Hooks") as JsonArray ?? []).OfType<JsonObject>().SelectMany(hook => hook).ToDictionary(hook => hook.Key, hook => hook.Value?.ToString() ?? ""),
        };
    }

    /// <summary>The hash that CodeDeploy shows and, where given, checks.</summary>
    public static string Sha256(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static JsonObject Root(string content)
    {
        try
        {
            var stream = new YamlStream();
            // JSON is YAML.
            stream.Load(new StringReader(content));
            return stream.Documents is [{ RootNode: YamlMappingNode root }] ? (JsonObject)Plain(root)! : throw Invalid("The AppSpec file is not a mapping.");
        }
        catch (YamlException problem)
        {
            throw Invalid($"The AppSpec file is not valid YAML or JSON: {problem.Message}");
        }
    }

    private static JsonNode? Plain(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(child.Key.ToString(), Plain(child.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Plain)]),
        _ => JsonValue.Create(node.ToString()),
    };

    /// <summary>The documentation spells the outermost names both ways.</summary>
    private static JsonNode? Member(JsonObject node, string name) => node.FirstOrDefault(field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    private static JsonNode? LowerFirst(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.Select(field => KeyValuePair.Create(char.ToLowerInvariant(field.Key[0]) + field.Key[1..], LowerFirst(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(LowerFirst)]),
        _ => node?.DeepClone(),
    };

    private static DeploymentFailure Invalid(string what) => new("INVALID_REVISION", what);
}
