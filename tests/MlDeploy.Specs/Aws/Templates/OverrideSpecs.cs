using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Checking;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Aws.Templates;

/// <summary>`targets.aws.overrides` and `targets.aws.template`: the settings are never a cage, and never a trap.</summary>
public class OverrideSpecs
{
    [Fact]
    public void A_patch_merges_maps_replaces_lists_and_removes_by_null()
    {
        var resources = Render("""
            Service: { EnableExecuteCommand: true, HealthCheckGracePeriodSeconds: null }
            TaskDefinition: { RuntimePlatform: { CpuArchitecture: ARM64 } }
            LoadBalancer: { Subnets: [ subnet-1, subnet-2 ] }
            LogGroup: { DeletionPolicy: Retain, Properties: { RetentionInDays: 90 } }
            TaskRole: { ManagedPolicyArns: [ { "Fn::Sub": "arn:$${AWS::Partition}:iam::aws:policy/AmazonS3ReadOnlyAccess" } ] }
            """).Resources(StackKind.Application);

        Assert.True(resources["Service"]!["Properties"]!["EnableExecuteCommand"]!.GetValue<bool>());
        Assert.Null(resources["Service"]!["Properties"]!["HealthCheckGracePeriodSeconds"]);
        Assert.Equal("""{"CpuArchitecture":"ARM64","OperatingSystemFamily":"LINUX"}""", resources["TaskDefinition"]!["Properties"]!["RuntimePlatform"]!.ToJsonString());
        Assert.Equal("""["subnet-1","subnet-2"]""", resources["LoadBalancer"]!["Properties"]!["Subnets"]!.ToJsonString());
        Assert.Equal("Retain", resources["LogGroup"]!["DeletionPolicy"]!.GetValue<string>());
        Assert.Equal(90, resources["LogGroup"]!["Properties"]!["RetentionInDays"]!.GetValue<long>());
        Assert.Equal("/mldeploy/fraud-scoring", resources["LogGroup"]!["Properties"]!["LogGroupName"]!.GetValue<string>());
    }

    [Fact]
    public void A_function_is_replaced_as_a_whole_and_never_merged_with_another()
    {
        var resources = Render("Service: { Cluster: { \"Fn::ImportValue\": shared } }").Resources(StackKind.Application);
        Assert.Equal("""{"Fn::ImportValue":"shared"}""", resources["Service"]!["Properties"]!["Cluster"]!.ToJsonString());
    }

    [Fact]
    public void A_new_resource_goes_to_the_stack_that_it_refers_to()
    {
        var result = Render("""
            Queue: { Type: AWS::SQS::Queue }
            Reads: { Type: AWS::IAM::RolePolicy, Properties: { RoleName: { Ref: TrainingRole }, PolicyName: reads, PolicyDocument: { Version: "2012-10-17", Statement: [ { Effect: Allow, Action: "s3:GetObject", Resource: "*" } ] } } }
            Through: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: { Ref: Reads } } }
            """, "training={}");
        Assert.Contains("Queue", result.Resources(StackKind.Application).Select(resource => resource.Key));
        Assert.Contains("Reads", result.Resources(StackKind.Training).Select(resource => resource.Key));
        Assert.Contains("Through", result.Resources(StackKind.Training).Select(resource => resource.Key));
    }

    [Theory]
    [InlineData("Service: { EnableExecuteComand: true }", "targets.aws.overrides.Service.EnableExecuteComand", "Write EnableExecuteCommand instead of EnableExecuteComand.")]
    [InlineData("Servise: { EnableExecuteCommand: true }", "targets.aws.overrides.Servise", "Write Service instead of Servise.")]
    [InlineData("TaskDefinition: { ContainerDefinitions: [ { Name: application, Image: x, Cpus: 1 } ] }", "targets.aws.overrides.TaskDefinition.ContainerDefinitions[0].Cpus", "Write Cpu instead of Cpus.")]
    [InlineData("TaskDefinition: { Cpu: \"300\" }", "targets.aws.overrides.TaskDefinition.Cpu", "Write one of these.")]
    [InlineData("LoadBalancer: { Name: a-name-that-is-longer-than-thirty-two-characters }", "targets.aws.overrides.LoadBalancer.Name", "Shorten it.")]
    [InlineData("LogGroup: { Properties: { RetentionInDays: 31 } }", "targets.aws.overrides.LogGroup.Properties.RetentionInDays", "Write one of these.")]
    [InlineData("Queue: { Type: AWS::SQS::Queu }", "targets.aws.overrides.Queue.Type", "Write AWS::SQS::Queue instead of AWS::SQS::Queu.")]
    [InlineData("Sub: { Type: AWS::SNS::Subscription, Properties: { TopicArn: { Ref: Topic }, Protocol: htps, Endpoint: x } }", "targets.aws.overrides.Sub.Properties.Protocol", "Write https instead of htps.")]
    [InlineData("ErrorAlarm: { EvaluationPeriods: 1 }", "targets.aws", "Lower it.")]
    public void What_would_be_refused_is_told_at_its_place_in_the_manifest(string overrides, string path, string remedy)
    {
        var (result, problems) = RenderChecked(overrides);
        var located = ProblemOrigins.Locate(problems, result.Manifest!, result.Origins);
        var told = Assert.Single(located, problem => problem.Remedy == remedy);
        Assert.True(told.Path == path || told.Path.StartsWith("targets.aws.overrides.ErrorAlarm", StringComparison.Ordinal), told.Path);
        Assert.True(told.Line > 0);
    }

    [Fact]
    public void A_removed_resource_that_others_refer_to_is_refused()
    {
        var (_, problems) = RenderChecked("Topic: null");
        Assert.Contains(problems, problem => problem is { LogicalId: "TopicPolicy", Message: "refers to Topic, which is not in this stack" });
        Assert.Contains(problems, problem => problem is { LogicalId: null, Path: "Outputs/TopicArn/Value" });
    }

    [Fact]
    public void Resources_that_wait_for_each_other_are_refused()
    {
        var (_, problems) = RenderChecked("""
            One: { Type: AWS::SQS::Queue, Properties: { QueueName: { "Fn::GetAtt": [Two, QueueName] } } }
            Two: { Type: AWS::SQS::Queue, DependsOn: One }
            """);
        Assert.Equal(["One", "Two"], problems.Where(problem => problem.Message.StartsWith("waits for itself", StringComparison.Ordinal)).Select(problem => problem.LogicalId));
    }

    [Fact]
    public void What_acts_is_told_everything_at_once_and_exits_3()
    {
        var refused = Assert.Throws<ExpectedException>(() => Render("Service: { LaunchTyp: EC2 }\nTaskDefinition: { Cpu: \"300\" }"));
        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains("LaunchTyp", refused.Message, StringComparison.Ordinal);
        Assert.Contains("300", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_of_ones_own_takes_the_parameters_it_declares_and_gives_the_same_outputs()
    {
        const string Own = """
            Parameters:
              Name: { Type: String }
              Extra: { Type: Number, Default: 5 }
            Resources:
              Repository:
                Type: AWS::ECR::Repository
                Properties: { RepositoryName: !Sub 'team/${Name}', Tags: [ { Key: extra, Value: !Sub 'x${Extra}' } ] }
            Outputs:
              RepositoryUri: { Value: !GetAtt Repository.RepositoryUri }
              RepositoryArn: { Value: !GetAtt Repository.Arn }
              RepositoryName: { Value: !Ref Repository }
            """;
        var (stacks, problems) = Custom(StackKind.Registry, Own);
        Assert.Empty(problems);
        var repository = stacks.Single(stack => stack.Kind == StackKind.Registry).Template["Resources"]!["Repository"]!["Properties"]!;
        Assert.Equal("team/fraud-scoring", repository["RepositoryName"]!.GetValue<string>());
        Assert.Equal("x5", repository["Tags"]![0]!["Value"]!.GetValue<string>());

        Assert.Contains(Custom(StackKind.Registry, Own.Replace("RepositoryArn", "Arn", StringComparison.Ordinal)).Problems, problem => problem.Path == "Outputs/RepositoryArn");
        Assert.Contains(Custom(StackKind.Registry, Own.Replace(", Default: 5", "", StringComparison.Ordinal)).Problems, problem => problem.Message.Contains("parameter Extra", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Resources:\n  A: [", "own.yaml:3:1")]
    [InlineData("- a", "is not a map")]
    [InlineData("Resources: { A: !Rf B }", "has the tag !Rf")]
    [InlineData("Resources: { A: 1, A: 2 }", "has the key A twice")]
    [InlineData("Resources: &a { A: *a }", "anchor")]
    [InlineData("Description: x", "Resources")]
    [InlineData("Conditions: { C: !Condition C }\nResources: { A: { Type: x, Condition: D } }", "condition D is not defined")]
    [InlineData("Resources: { A: nothing }", "is not a resource")]
    public void A_template_that_cannot_be_read_says_where_and_why(string text, string message) =>
        Assert.Contains(Custom(StackKind.Application, text).Problems, problem => problem.Message.Contains(message, StringComparison.Ordinal));

    [Fact]
    public void Application_template_of_ones_own_needs_the_task_definition_that_deployments_are_rendered_from()
    {
        var problems = Custom(StackKind.Application, "Resources: { A: { Type: AWS::SQS::Queue } }").Problems;
        Assert.Contains(problems, problem => problem.LogicalId == LogicalIds.TaskDefinition);
        Assert.Equal(StackOutputs.Of(StackKind.Application).Length, problems.Count(problem => problem.Path.StartsWith("Outputs/", StringComparison.Ordinal)));
    }

    private static RenderResult Custom(StackKind kind, string text) =>
        StackRenderer.RenderChecked(Reading.Valid(Rendering.OnAws), RenderFacts.None with { CustomTemplates = RenderFacts.None.CustomTemplates.Add(kind, new TemplateFile("own.yaml", text)) });

    private static Rendered Render(string overrides, params string[] set) =>
        new([.. StackRenderer.Render(Reading.Valid(WithOverrides(overrides), set: set), RenderFacts.None)]);

    private static (Core.Manifest.ManifestResult Result, IEnumerable<TemplateProblem> Problems) RenderChecked(string overrides)
    {
        var result = Reading.Read(WithOverrides(overrides));
        Assert.NotNull(result.Manifest);
        return (result, StackRenderer.RenderChecked(result.Manifest, RenderFacts.None).Problems);
    }

    private static string WithOverrides(string overrides) =>
        Rendering.OnAws.Replace("targets: { aws: { region: eu-central-1 } }", $"targets:\n  aws:\n    region: eu-central-1\n    overrides:\n{string.Join('\n', overrides.Split('\n').Select(line => $"      {line}"))}", StringComparison.Ordinal);

    private sealed record Rendered(IReadOnlyList<RenderedStack> Stacks)
    {
        public JsonObject Resources(StackKind kind) => Stacks.Single(stack => stack.Kind == kind).Template["Resources"]!.AsObject();
    }
}
