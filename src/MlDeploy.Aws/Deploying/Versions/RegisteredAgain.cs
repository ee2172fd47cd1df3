using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Deploying.Versions;

/// <summary>A task definition of before, to be registered once more in another family.</summary>
public static class RegisteredAgain
{
    /// <summary>What DescribeTaskDefinition adds to what was registered.</summary>
    private static readonly string[] OfTheService =
        ["taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt", "registeredBy", "deregisteredAt"];

    /// <param name="described">As DescribeTaskDefinition gives it.</param>
    public static JsonObject Of(JsonObject described, string family, DeployedVersion version, string application)
    {
        var request = (JsonObject)described.DeepClone();
        foreach (var name in OfTheService)
        {
            request.Remove(name);
        }

        request["family"] = family;
        var tags = new (string Key, string? Value)[]
        {
            (Templates.StackTags.Application, application), (DeployedVersion.VersionTag, version.Label), (DeployedVersion.ModelTag, version.Model),
            (DeployedVersion.GitTag, version.Git), (DeployedVersion.HolderTag, version.Holder), (DeployedVersion.RunTag, version.RunUrl),
            (DeployedVersion.TrainedTag, version.TrainedAt is { } trained ? DeployedVersion.Written(trained) : null),
        };
        request["tags"] = new JsonArray([.. tags.Where(tag => tag.Value is not null).Select(tag => (JsonNode)new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]);
        return request;
    }
}
