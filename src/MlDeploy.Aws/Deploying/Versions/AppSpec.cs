using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Templates.Yaml;

namespace MlDeploy.Aws.Deploying.Versions;

/// <summary>What a CodeDeploy deployment is given: which task definition, and which container gets the traffic.</summary>
public static class AppSpec
{
    /// <param name="taskDefinition">ARN with its revision.</param>
    public static RevisionLocation Of(string taskDefinition, string container, int port)
    {
        var content = new JsonObject
        {
            ["version"] = JsonNode.Parse("0.0"),
            ["Resources"] = new JsonArray(new JsonObject
            {
                ["TargetService"] = new JsonObject
                {
                    ["Type"] = "AWS::ECS::Service",
                    ["Properties"] = new JsonObject
                    {
                        ["TaskDefinition"] = taskDefinition,
                        ["LoadBalancerInfo"] = new JsonObject { ["ContainerName"] = container, ["ContainerPort"] = port },
                    },
                },
            }),
        }.ToJsonString();
        return new RevisionLocation
        {
            RevisionType = "AppSpecContent",
            AppSpecContent = new AppSpecContent { Content = content, Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))) },
        };
    }

    /// <summary>The task definition that a deployment was given, by whomever, in JSON or YAML; null when it does not tell.</summary>
    public static string? TaskDefinitionOf(RevisionLocation? revision)
    {
        if (revision?.AppSpecContent?.Content is not { Length: > 0 } content)
        {
            return null;
        }

        try
        {
            var resources = (TemplateYamlReader.Read(content)["Resources"] ?? TemplateYamlReader.Read(content)["resources"]) as JsonArray ?? [];
            return resources.OfType<JsonObject>().SelectMany(resource => resource.Select(entry => entry.Value?["Properties"]?["TaskDefinition"]?.ToString())).FirstOrDefault(definition => definition is not null);
        }
        catch (Exception unreadable) when (unreadable is TemplateSyntaxException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
