using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.Versions;

namespace MlDeploy.Specs.Aws.Deploying;

public sealed class CandidateSpecs
{
    private static readonly HeartbeatName Heartbeat = new("fraud", "1a2b3c4d");

    [Fact]
    public void A_template_becomes_a_request_in_the_services_spelling_with_names_of_ones_own_kept()
    {
        var template = (JsonObject)JsonNode.Parse("""
            {"Family":"fraud-a","Cpu":512,"Memory":1024,"NetworkMode":"awsvpc",
             "ContainerDefinitions":[{"Name":"application","DockerLabels":{"My.Label":"x"},"Environment":[{"Name":"LOG_LEVEL","Value":"info"}],
               "LogConfiguration":{"LogDriver":"awslogs","Options":{"awslogs-group":"/g","Mode":"x"}}}],
             "Volumes":[{"Name":"v","EFSVolumeConfiguration":{"FilesystemId":"fs-1","AuthorizationConfig":{"IAM":"ENABLED"}}}],
             "Tags":[{"Key":"team","Value":"ml"},{"Key":"mldeploy:version","Value":"old"}]}
            """)!;

        var request = CandidateDefinition.Of(template, "fraud-b", new Dictionary<string, string> { ["mldeploy:version"] = "v2" });

        Assert.Equal(
            """{"family":"fraud-b","cpu":"512","memory":"1024","networkMode":"awsvpc","containerDefinitions":[{"name":"application","dockerLabels":{"My.Label":"x"},"environment":[{"name":"LOG_LEVEL","value":"info"}],"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/g","Mode":"x"}}}],"volumes":[{"name":"v","efsVolumeConfiguration":{"fileSystemId":"fs-1","authorizationConfig":{"iam":"ENABLED"}}}],"tags":[{"key":"team","value":"ml"},{"key":"mldeploy:version","value":"v2"}]}""",
            request.ToJsonString());
    }

    [Theory]
    [InlineData(null, "fraud-a")]
    [InlineData("fraud-a", "fraud-b")]
    [InlineData("fraud-b", "fraud-a")]
    public void Families_alternate(string? serving, string next) => Assert.Equal(next, CandidateDefinition.Family("fraud", serving));

    [Fact]
    public void A_deployment_tells_its_task_definition_from_our_own_content_and_from_others()
    {
        const string definition = "arn:aws:ecs:eu-central-1:123456789012:task-definition/fraud-b:7";
        var ours = AppSpec.Of(definition, "application", 8080);
        var yaml = new RevisionLocation { AppSpecContent = new AppSpecContent { Content = $"version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: {definition}\n" } };

        Assert.Equal(definition, AppSpec.TaskDefinitionOf(ours));
        Assert.Equal(definition, AppSpec.TaskDefinitionOf(yaml));
        Assert.Null(AppSpec.TaskDefinitionOf(new RevisionLocation { AppSpecContent = new AppSpecContent { Content = "{{{" } }));
        Assert.Null(AppSpec.TaskDefinitionOf(null));
        Assert.StartsWith("""{"version":0.0,""", ours.AppSpecContent!.Content, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@laptop", null, "mldeploy 1a2b3c4d ada@laptop")]
    [InlineData("ada (GitHub Actions)", "https://ci.example/runs/7", "mldeploy 1a2b3c4d ada (GitHub Actions) https://ci.example/runs/7")]
    public void The_description_tells_holder_and_run(string holder, string? url, string text)
    {
        Assert.Equal(text, LeaseText.Write(Heartbeat, holder, url));
        Assert.Equal(("1a2b3c4d", holder, url), LeaseText.Read(text));
    }

    [Fact]
    public void The_description_never_has_more_than_a_hundred_characters_and_never_half_an_address()
    {
        var url = "https://ci.example/" + new string('r', 50);

        Assert.Equal(100, LeaseText.Write(Heartbeat, new string('h', 90), url).Length);
        Assert.EndsWith(url, LeaseText.Write(Heartbeat, new string('h', 90), url), StringComparison.Ordinal);
        Assert.Equal("mldeploy 1a2b3c4d ada", LeaseText.Write(Heartbeat, "ada", "https://" + new string('u', 95)));
        Assert.Null(LeaseText.Read("deployed by hand"));
        Assert.Null(LeaseText.Read(null));
    }

    [Fact]
    public void A_version_is_its_label_and_its_images_digest()
    {
        Assert.Equal("v2-0123456789ab", DeployedVersion.Identify("v2", "registry/app@sha256:0123456789abcdef"));
        Assert.Equal("v2", DeployedVersion.Identify("v2", "registry/app:2"));
    }
}
