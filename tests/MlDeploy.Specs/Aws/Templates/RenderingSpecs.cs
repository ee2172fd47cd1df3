using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Application;
using MlDeploy.Aws.Templates.Yaml;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Aws.Templates;

public class RenderingSpecs
{
    /// <summary>Most of what can be set, so that the goldens show it.</summary>
    private static readonly string[] Full =
    [
        "application.environment={LOG_LEVEL: info, PATTERN: '$${x}'}",
        "application.secrets={DB: 'ssm:/fraud/db', KEY: 'secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:k-AbCdEf:key::'}",
        "model.trainedAt=2026-11-18T08:00:00Z",
        "scaling={min: 2, max: 6, on: {cpu: 70%, memory: 80%, requestsPerMinute: 600}}",
        "rollout.gates=[{metric: latency.p99, max: 400ms}, {metric: http.errors, max: 2%}, {metric: cpu, max: 90%}]",
        "notifications={email: [team@example.com], on: [scaling, deployment]}",
        "training={schedule: rate(7 days), image: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/train:1', command: [python, train.py]}",
        "targets.aws.certificateArn=arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
        "targets.aws.testListener.allow=[203.0.113.0/24]",
        "targets.aws.tags={team: risk}",
    ];

    [Theory]
    [InlineData(StackKind.Registry)]
    [InlineData(StackKind.Application)]
    [InlineData(StackKind.Training)]
    public void What_is_sent_reads_as_its_golden_says(StackKind kind) =>
        Golden.Match($"tests/MlDeploy.Specs/Aws/Templates/{StackNames.Word(kind)}.golden", RenderedText.Document(Rendering.Stack(kind, RenderFacts.None, Full)));

    [Fact]
    public void What_is_written_as_yaml_is_read_back_to_the_same_template()
    {
        foreach (var stack in Variants.Rows.SelectMany(row => Variants.Render(row).Stacks))
        {
            Assert.True(JsonNode.DeepEquals(stack.Template, TemplateYamlReader.Read(stack.ToYaml())), stack.ToYaml());
        }
    }

    [Fact]
    public void What_render_prints_is_read_back_to_the_same_stacks()
    {
        var stacks = StackRenderer.Render(Reading.Valid(Rendering.OnAws, set: Full), RenderFacts.None);
        var read = RenderedText.Read(RenderedText.Documents(stacks));
        Assert.Equal(stacks.Select(stack => (stack.Kind, stack.Name)), read.Select(stack => (stack.Kind, stack.Name)));
        Assert.All(stacks.Zip(read), pair => Assert.True(JsonNode.DeepEquals(pair.First.Template, pair.Second.Template)));
        Assert.All(stacks.Zip(read), pair => Assert.Equal(pair.First.Tags, pair.Second.Tags));
        Assert.All(stacks.Zip(read), pair => Assert.Equal(pair.First.Capabilities, pair.Second.Capabilities));
    }

    [Fact]
    public void Nothing_is_left_of_parameters_and_conditions_and_equal_settings_give_equal_templates()
    {
        foreach (var row in Variants.Rows)
        {
            var stacks = Variants.Render(row).Stacks;
            Assert.All(stacks, stack => Assert.DoesNotContain(stack.Template, section => section.Key is "Parameters" or "Conditions" or "Rules"));
            Assert.All(stacks, stack => Assert.DoesNotMatch("Fn::(If|Equals|And|Or|Not|Cidr)|AWS::NoValue", stack.ToJson()));
            Assert.Equal(stacks.Select(stack => stack.ToJson()), Variants.Render(row).Stacks.Select(stack => stack.ToJson()));
            Assert.All(stacks, stack => Assert.True(stack.ToJson().Length < RenderedStack.LongestBody * 0.8));
        }
    }

    [Fact]
    public void Every_output_that_later_steps_read_is_in_its_template_and_no_other()
    {
        foreach (var stack in StackRenderer.Render(Reading.Valid(Rendering.OnAws, set: Full), RenderFacts.None))
        {
            var outputs = stack.Template["Outputs"]!.AsObject();
            Assert.Equal(StackOutputs.Of(stack.Kind), outputs.Select(output => output.Key));
            Assert.All(outputs, output => Assert.EndsWith(".", output.Value!["Description"]!.GetValue<string>(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_logical_id_names_one_resource_in_all_the_stacks_so_that_an_override_is_clear()
    {
        var ids = Variants.Rows.SelectMany(row => Variants.Render(row).Stacks.Select(stack => stack.Template["Resources"]!.AsObject().Select(resource => resource.Key)).SelectMany(keys => keys.ToHashSet()).GroupBy(key => key)).Where(group => group.Count() > 1);
        Assert.Empty(ids);
    }

    [Fact]
    public void An_update_never_moves_traffic()
    {
        var green = Rendering.Stack(StackKind.Application, new RenderFacts { LiveTargetGroup = LiveTargetGroup.Green });
        foreach (var listener in new[] { LogicalIds.ProductionListener, LogicalIds.TestListener })
        {
            Assert.Contains("GreenTargetGroup", Actions(green, listener), StringComparison.Ordinal);
            Assert.DoesNotContain("BlueTargetGroup", Actions(green, listener), StringComparison.Ordinal);
            Assert.Contains("BlueTargetGroup", Actions(Rendering.Application(), listener), StringComparison.Ordinal);
        }

        static string Actions(RenderedStack stack, string listener) => Resource(stack, listener)["Properties"]!["DefaultActions"]!.ToJsonString();
    }

    [Fact]
    public void What_codedeploy_owns_of_a_service_is_sent_as_it_stands()
    {
        var first = Rendering.Application();
        var facts = new RenderFacts { Image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/fraud-scoring@sha256:0" };
        var second = Rendering.Stack(StackKind.Application, facts, "application.port=9090", "application.resources={cpu: 1024, memory: 4096}", "application.environment.A=b", "application.health.startWithin=2m");

        var (before, sent) = (StackPlanner.ToSend(first.Template, first.Template)["Resources"]!, StackPlanner.ToSend(second.Template, first.Template)["Resources"]!);
        Assert.True(JsonNode.DeepEquals(before[LogicalIds.TaskDefinition]!["Properties"], sent[LogicalIds.TaskDefinition]!["Properties"]));
        Assert.True(JsonNode.DeepEquals(before[LogicalIds.Service]!["Properties"]!["LoadBalancers"], sent[LogicalIds.Service]!["Properties"]!["LoadBalancers"]));
        Assert.Equal("120", sent[LogicalIds.Service]!["Properties"]!["HealthCheckGracePeriodSeconds"]!.ToString());
    }

    [Fact]
    public void No_setting_of_the_application_changes_what_would_replace_a_target_group()
    {
        string[] createOnly = ["Name", "Port", "Protocol", "TargetType", "VpcId"];
        var (before, after) = (Rendering.Application(), Rendering.Application("application.port=9090", "application.health.path=/ready", "application.drain=2m"));
        foreach (var group in new[] { "BlueTargetGroup", "GreenTargetGroup" })
        {
            Assert.All(createOnly, property => Assert.True(JsonNode.DeepEquals(Resource(before, group)["Properties"]![property], Resource(after, group)["Properties"]![property])));
        }
    }

    [Theory]
    [InlineData("rollout.strategy=canary", "fraud-scoring-canary-10pct-5m")]
    [InlineData("rollout.strategy=linear ; rollout.steps=[{weight: 25%, for: 2m}, {weight: 50%, for: 2m}, {weight: 75%, for: 2m}]", "fraud-scoring-linear-25pct-2m")]
    [InlineData("rollout.strategy=blue-green ; rollout.steps=null", null)]
    public void A_deployment_configuration_is_named_after_its_shape(string set, string? name)
    {
        var resources = Rendering.Application(set.Split(" ; ")).Template["Resources"]!;
        Assert.Equal(name, resources[LogicalIds.DeploymentConfig]?["Properties"]!["DeploymentConfigName"]!.GetValue<string>());
        var used = resources[LogicalIds.DeploymentGroup]!["Properties"]!["DeploymentConfigName"]!;
        Assert.Equal(name is null ? "CodeDeployDefault.ECSAllAtOnce" : LogicalIds.DeploymentConfig, used is JsonObject reference ? reference["Ref"]!.GetValue<string>() : used.GetValue<string>());
    }

    [Fact]
    public void Secrets_are_references_and_may_be_read_by_the_execution_role_alone()
    {
        var stack = Rendering.Application(Full);
        var container = Resource(stack, LogicalIds.TaskDefinition)["Properties"]!["ContainerDefinitions"]![0]!;
        Assert.Equal(["DB", "KEY"], container["Secrets"]!.AsArray().Select(secret => secret!["Name"]!.GetValue<string>()));
        Assert.DoesNotContain(container["Environment"]!.AsArray(), variable => variable!["Name"]!.GetValue<string>() is "DB" or "KEY");

        var role = Resource(stack, LogicalIds.ExecutionRole).ToJsonString();
        Assert.Contains("parameter/fraud/db", role, StringComparison.Ordinal);
        Assert.Contains("secret:k-AbCdEf\"", role, StringComparison.Ordinal);
        Assert.DoesNotContain("fraud/db", Resource(stack, LogicalIds.TaskRole).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "0.0.0.0/0:80")]
    [InlineData("targets.aws.scheme=internal", "10.0.0.0/8:80 172.16.0.0/12:80 192.168.0.0/16:80")]
    [InlineData("targets.aws.allow=['2001:db8::/32'] ; targets.aws.testListener={port: 9443, allow: [198.51.100.7/32]}", "2001:db8::/32:80 198.51.100.7/32:9443")]
    public void Only_the_addresses_that_are_listed_reach_a_listener(string set, string expected)
    {
        var rules = Resource(Rendering.Application(set.Split(" ; ", StringSplitOptions.RemoveEmptyEntries)), LogicalIds.BalancerSecurityGroup)["Properties"]!["SecurityGroupIngress"]!.AsArray();
        Assert.Equal(expected, string.Join(' ', rules.Select(rule => $"{rule!["CidrIp"] ?? rule["CidrIpv6"]}:{rule["FromPort"]}")));
    }

    [Fact]
    public void Tasks_are_reached_from_the_load_balancer_alone()
    {
        var rule = Assert.Single(Resource(Rendering.Application(Full), "TaskSecurityGroup")["Properties"]!["SecurityGroupIngress"]!.AsArray())!;
        Assert.Equal("BalancerSecurityGroup", rule["SourceSecurityGroupId"]!["Ref"]!.GetValue<string>());
        Assert.Null(rule["CidrIp"]);
    }

    [Theory]
    [InlineData("http.errors", false)]
    [InlineData("cpu", true)]
    [InlineData("memory", true)]
    public void Container_insights_is_on_only_when_a_gate_wants_it(string metric, bool on) =>
        Assert.Contains($"\"Value\":\"{(on ? "enabled" : "disabled")}\"", Resource(Rendering.Application($"rollout.gates=[{{metric: http.errors, max: 5%}}, {{metric: {metric}, name: x, max: 90%}}]"), "Cluster").ToJsonString(), StringComparison.Ordinal);

    [Fact]
    public void Subscriptions_are_named_after_the_address_so_that_another_order_changes_nothing()
    {
        static IEnumerable<string> Ids(string emails) => Rendering.Application($"notifications={{email: {emails}, on: [deployment]}}").Template["Resources"]!.AsObject()
            .Select(resource => resource.Key).Where(id => id.StartsWith("Subscription", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Equal(Ids("[a@example.com, b@example.com]"), Ids("[b@example.com, a@example.com]"));
        Assert.Equal(2, Ids("[a@example.com, b@example.com]").Count());
    }

    [Fact]
    public void A_deployment_registers_the_rendered_task_definition_with_everything_resolved()
    {
        var facts = new RenderFacts { Region = "eu-central-1", Account = "123456789012", Partition = "aws", Image = "fraud@sha256:1" };
        var stack = Rendering.Stack(StackKind.Application, facts, Full);
        var outputs = new Dictionary<string, string> { [StackOutputs.ExecutionRoleArn] = "arn:execution", [StackOutputs.TaskRoleArn] = "arn:task", [StackOutputs.LogGroup] = "/mldeploy/fraud-scoring" };
        var definition = TaskDefinitionRequest.Of(stack, outputs, facts).ToJsonString();

        Assert.DoesNotMatch(new Regex("Fn::|\"Ref\""), definition);
        Assert.Contains("arn:aws:ssm:eu-central-1:123456789012:parameter/fraud/db", definition, StringComparison.Ordinal);
        Assert.Contains("\"ExecutionRoleArn\":\"arn:execution\"", definition, StringComparison.Ordinal);
        Assert.Contains("\"awslogs-group\":\"/mldeploy/fraud-scoring\"", definition, StringComparison.Ordinal);
        Assert.Contains("\"Value\":\"${x}\"", definition, StringComparison.Ordinal);

        var unknown = Assert.Throws<ExpectedException>(() => TaskDefinitionRequest.Of(stack, ImmutableDictionary<string, string>.Empty, facts));
        Assert.Equal(ExitCode.Usage, unknown.ExitCode);
    }

    private static JsonNode Resource(RenderedStack stack, string logicalId) => stack.Template["Resources"]![logicalId]!;
}
