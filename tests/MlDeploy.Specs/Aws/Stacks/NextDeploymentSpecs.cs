using System.Text.Json.Nodes;
using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Specs.Aws.Stacks;

/// <summary>What applies at deploy is told against what runs, not against what the stack was created with.</summary>
public sealed class NextDeploymentSpecs
{
    private const string Sent = """
        { "family": "fraud-a", "cpu": "512", "memory": "1024", "networkMode": "awsvpc",
          "containerDefinitions": [{ "name": "application", "image": "registry/fraud@sha256:1111", "essential": true,
            "portMappings": [{ "containerPort": 8080, "protocol": "tcp" }],
            "environment": [{ "name": "LOG_LEVEL", "value": "info" }, { "name": "API_TOKEN", "value": "hunter2" }],
            "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/mldeploy/fraud" } } }],
          "tags": [{ "key": "mldeploy:version", "value": "v1" }] }
        """;

    /// <summary>The same, as ECS tells it: with what it adds and what nobody said.</summary>
    private const string Told = """
        { "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/fraud-b:7", "revision": 7, "status": "ACTIVE", "family": "fraud-b",
          "cpu": "512", "memory": "1024", "networkMode": "awsvpc", "volumes": [], "placementConstraints": [], "compatibilities": ["EC2", "FARGATE"],
          "requiresAttributes": [{ "name": "ecs.capability.task-eni" }], "registeredAt": 1763700000, "enableFaultInjection": false,
          "containerDefinitions": [{ "name": "application", "image": "registry/fraud@sha256:1111", "cpu": 0, "essential": true,
            "portMappings": [{ "containerPort": 8080, "hostPort": 8080, "protocol": "tcp" }], "mountPoints": [], "volumesFrom": [], "systemControls": [],
            "environment": [{ "name": "API_TOKEN", "value": "hunter2" }, { "name": "LOG_LEVEL", "value": "info" }],
            "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/mldeploy/fraud" }, "secretOptions": [] } }] }
        """;

    [Fact]
    public void What_is_sent_and_what_ECS_tells_of_it_is_the_same() => Assert.Empty(Compare(_ => { }));

    [Fact]
    public void Environment_and_sizes_are_told_with_old_and_new_value_in_the_spelling_of_the_plan()
    {
        var changes = Compare(wanted =>
        {
            wanted["cpu"] = "1024";
            wanted["containerDefinitions"]![0]!["environment"]![0]!["value"] = "debug";
        });

        Assert.Equal(
            ["Cpu: 512 → 1024", "ContainerDefinitions[application].Environment[LOG_LEVEL].Value: info → debug"],
            changes.Select(change => $"{change.Path}: {change.Old} → {change.New}"));
    }

    [Fact]
    public void A_changed_secret_is_told_without_its_value()
    {
        var change = Assert.Single(Compare(wanted => wanted["containerDefinitions"]![0]!["environment"]![1]!["value"] = "hunter3"));

        Assert.Equal((HiddenValues.Hidden, HiddenValues.Hidden), (change.Old!.ToString(), change.New!.ToString()));
    }

    [Fact]
    public void An_image_known_by_its_tag_only_is_told_by_the_version_it_belongs_to()
    {
        static void Retagged(JsonNode wanted) => wanted["containerDefinitions"]![0]!["image"] = "fraud:latest";

        Assert.Empty(Compare(Retagged, image: false, wantedLabel: "v1"));
        Assert.Equal("version", Assert.Single(Compare(Retagged, image: false, wantedLabel: "v2")).Path.Text);
        Assert.Empty(Compare(Retagged, image: false, runningLabel: null, wantedLabel: "v2"));
    }

    [Fact]
    public void An_image_known_by_its_digest_is_compared() =>
        Assert.Equal("ContainerDefinitions[application].Image", Assert.Single(Compare(wanted => wanted["containerDefinitions"]![0]!["image"] = "registry/fraud@sha256:2222")).Path.Text);

    private static PropertyChange[] Compare(Action<JsonNode> change, bool image = true, string? runningLabel = "v1", string wantedLabel = "v1")
    {
        var wanted = Plans.Parse(Sent);
        change(wanted);
        return [.. RunningTaskDefinition.Compare(Plans.Parse(Told), wanted, image, runningLabel, wantedLabel)];
    }
}
