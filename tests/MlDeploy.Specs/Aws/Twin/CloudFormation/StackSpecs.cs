using System.Text.Json.Nodes;

namespace MlDeploy.Specs.Aws.Twin.CloudFormation;

/// <summary>Stacks live as CloudFormation's do: states, events, roll backs, clean-up.</summary>
[Collection(RunningTwin.Collection)]
public sealed class StackSpecs(RunningTwin twin)
{
    private const string Small = """
        Parameters:
          Days: { Type: Number, Default: 7, AllowedValues: [1, 7, 30] }
        Conditions:
          Kept: !Not [!Equals [!Ref Days, 1]]
        Resources:
          Topic:
            Type: AWS::SNS::Topic
            Properties: { DisplayName: !Sub "Days ${Days}" }
          Group:
            Type: AWS::Logs::LogGroup
            Condition: Kept
            Properties: { LogGroupName: !Sub "/${AWS::StackName}", RetentionInDays: !Ref Days }
        Outputs:
          Topic: { Value: !Ref Topic, Export: { Name: !Sub "${AWS::StackName}-topic" } }
          Group: { Condition: Kept, Value: !GetAtt Group.Arn }
        """;

    private readonly StackDriver stacks = new(twin);

    [Fact]
    public async Task The_official_command_line_creates_changes_and_deletes_a_stack()
    {
        twin.Require();
        var file = Path.Combine(Directory.CreateTempSubdirectory("mldeploy specs ").FullName, "small.yaml");
        await File.WriteAllTextAsync(file, Small);
        await twin.Aws.RunAsync("cloudformation", "create-stack", "--stack-name", "cli", "--template-body", $"file://{file}", "--tags", "Key=team,Value=a");
        Assert.Equal("CREATE_COMPLETE", await stacks.RestsAsync("cli"));
        await twin.Aws.RunAsync("cloudformation", "wait", "stack-create-complete", "--stack-name", "cli");
        var stack = (await twin.Aws.RunAsync("cloudformation", "describe-stacks", "--stack-name", "cli"))!["Stacks"]![0]!;
        Assert.Equal("team", (string)stack["Tags"]![0]!["Key"]!);
        Assert.Equal(["Topic", "Group"], stack["Outputs"]!.AsArray().Select(output => (string)output!["OutputKey"]!));
        Assert.Equal("arn:aws:logs:eu-central-1:123456789012:log-group:/cli:*", (string)stack["Outputs"]![1]!["OutputValue"]!);
        Assert.Equal("7", await twin.Aws.AskAsync("logGroups[0].retentionInDays", "logs", "describe-log-groups", "--log-group-name-prefix", "/cli"));

        await twin.Aws.RunAsync("cloudformation", "update-stack", "--stack-name", "cli", "--use-previous-template", "--parameters", "ParameterKey=Days,ParameterValue=1");
        Assert.Equal("UPDATE_COMPLETE", await stacks.RestsAsync("cli"));
        Assert.Equal("0", await twin.Aws.AskAsync("length(logGroups)", "logs", "describe-log-groups", "--log-group-name-prefix", "/cli"));
        Assert.Contains("No updates are to be performed.",
            await twin.Aws.FailAsync("cloudformation", "update-stack", "--stack-name", "cli", "--use-previous-template", "--parameters", "ParameterKey=Days,UsePreviousValue=true"), StringComparison.Ordinal);

        var id = await stacks.IdAsync("cli");
        await twin.Aws.RunAsync("cloudformation", "delete-stack", "--stack-name", "cli");
        Assert.Equal("DELETE_COMPLETE", await stacks.RestsAsync(id));
        await twin.Aws.RunAsync("cloudformation", "wait", "stack-delete-complete", "--stack-name", "cli");
        Assert.Contains("Stack with id cli does not exist", await twin.Aws.FailAsync("cloudformation", "describe-stacks", "--stack-name", "cli"), StringComparison.Ordinal);
        var events = await stacks.EventsAsync(id);
        Assert.Equal("cli CREATE_IN_PROGRESS", events[0]);
        Assert.Equal(["cli UPDATE_IN_PROGRESS", "Topic UPDATE_IN_PROGRESS", "Topic UPDATE_COMPLETE", "cli UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "Group DELETE_IN_PROGRESS", "Group DELETE_COMPLETE", "cli UPDATE_COMPLETE"],
            events.SkipWhile(one => one != "cli UPDATE_IN_PROGRESS").TakeWhile(one => one != "cli DELETE_IN_PROGRESS"));
        Assert.Equal("cli DELETE_COMPLETE", events[^1]);
        var body = (string)(await twin.Aws.RunAsync("cloudformation", "get-template", "--stack-name", id, "--template-stage", "Original"))!["TemplateBody"]!;
        Assert.Equal(Small, body.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task A_failing_resource_rolls_back_cancels_what_runs_and_leaves_nothing()
    {
        twin.Require();
        await stacks.CreateAsync("failing", """
            Resources:
              Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [SUBNET1, SUBNET2] } }
              Group: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /failing } }
              Again: { Type: AWS::Logs::LogGroup, DependsOn: Group, Properties: { LogGroupName: /failing } }
              Never: { Type: AWS::SNS::Topic, DependsOn: Again }
            """.Replace("SUBNET1", twin.Subnets[0], StringComparison.Ordinal).Replace("SUBNET2", twin.Subnets[1], StringComparison.Ordinal));
        Assert.Equal("ROLLBACK_COMPLETE", await stacks.RestsAsync("failing"));
        Assert.Contains("already exists", await stacks.ReasonAsync("failing", "Again", "CREATE_FAILED"), StringComparison.Ordinal);
        Assert.Contains("HandlerErrorCode: AlreadyExists", await stacks.ReasonAsync("failing", "Again", "CREATE_FAILED"), StringComparison.Ordinal);
        Assert.Equal("Resource creation cancelled", await stacks.ReasonAsync("failing", "Balancer", "CREATE_FAILED"));
        Assert.Equal("The following resource(s) failed to create: [Again, Balancer]. Rollback requested by user.", await stacks.ReasonAsync("failing", "failing", "ROLLBACK_IN_PROGRESS"));
        var events = await stacks.EventsAsync("failing");
        Assert.DoesNotContain(events, one => one.StartsWith("Never", StringComparison.Ordinal));
        Assert.Contains("Balancer DELETE_COMPLETE", events);
        Assert.Contains("Group DELETE_COMPLETE", events);
        Assert.Empty((await twin.JsonAsync("logs", "DescribeLogGroups", """{"logGroupNamePrefix":"/failing"}"""))["logGroups"]!.AsArray());

        var refused = await StackDriver.RefusedAsync(() => stacks.UpdateAsync("failing", Small));
        Assert.EndsWith("is in ROLLBACK_COMPLETE state and can not be updated.", refused.Message, StringComparison.Ordinal);
        await stacks.DeleteAsync("failing");
    }

    [Theory]
    [InlineData("DO_NOTHING", "CREATE_FAILED")]
    [InlineData("DELETE", "DELETE_COMPLETE")]
    public async Task On_failure_a_stack_is_left_or_deleted_as_asked(string onFailure, string rests)
    {
        twin.Require();
        var name = $"fails-{onFailure.Replace("_", "-", StringComparison.Ordinal)}";
        await stacks.CreateAsync(name, """
            Resources:
              Topic: { Type: AWS::SNS::Topic }
              Bad: { Type: AWS::SNS::Subscription, Properties: { TopicArn: "arn:aws:sns:eu-central-1:123456789012:nowhere", Protocol: email, Endpoint: a@example.com } }
            """, ("OnFailure", onFailure));
        var id = await stacks.IdAsync(name);
        Assert.Equal(rests, await stacks.RestsAsync(id));
        await stacks.DeleteAsync(name);
    }

    [Fact]
    public async Task A_failing_update_puts_back_what_it_changed_replaced_and_made()
    {
        twin.Require();
        await stacks.CreateAsync("back", """
            Resources:
              Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: old } }
              Table: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: first } }
            """);
        Assert.Equal("CREATE_COMPLETE", await stacks.RestsAsync("back"));
        var (topic, group) = (await stacks.PhysicalAsync("back", "Topic"), await stacks.PhysicalAsync("back", "Table"));
        await stacks.UpdateAsync("back", """
            Resources:
              Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: new } }
              Table: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: second } }
              Fresh: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /back } }
              Bad: { Type: AWS::Logs::LogGroup, DependsOn: [Topic, Table, Fresh], Properties: { LogGroupName: /back } }
            """);
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", await stacks.RestsAsync("back"));
        Assert.Equal((topic, group), (await stacks.PhysicalAsync("back", "Topic"), await stacks.PhysicalAsync("back", "Table")));
        var attributes = await twin.QueryAsync("sns", "GetTopicAttributes", new JsonObject { ["TopicArn"] = topic }.ToJsonString());
        Assert.Contains(attributes.Descendants("entry"), entry => entry.Element("key")!.Value == "DisplayName" && entry.Element("value")!.Value == "old");
        Assert.Empty((await twin.JsonAsync("logs", "DescribeLogGroups", """{"logGroupNamePrefix":"/back"}"""))["logGroups"]!.AsArray());
        var events = await stacks.EventsAsync("back");
        Assert.Equal(["back UPDATE_ROLLBACK_IN_PROGRESS", "back UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", "back UPDATE_ROLLBACK_COMPLETE"], events.Where(one => one.StartsWith("back UPDATE_ROLLBACK", StringComparison.Ordinal)));
        Assert.Contains("Table DELETE_COMPLETE", events);
        Assert.Contains("Fresh DELETE_COMPLETE", events);
        await stacks.DeleteAsync("back");
    }

    [Fact]
    public async Task A_create_only_property_makes_the_new_resource_first_and_then_removes_the_old_but_never_under_the_same_name()
    {
        twin.Require();
        const string template = """
            Resources:
              Config: { Type: AWS::CodeDeploy::DeploymentConfig, Properties: { DeploymentConfigName: NAME, ComputePlatform: ECS, TrafficRoutingConfig: { Type: TimeBasedCanary, TimeBasedCanary: { CanaryPercentage: SHARE, CanaryInterval: 5 } } } }
            """;
        string Text(string name, int share) => template.Replace("NAME", name, StringComparison.Ordinal).Replace("SHARE", $"{share}", StringComparison.Ordinal);
        await stacks.CreateAsync("replacing", Text("shape-10", 10));
        await stacks.RestsAsync("replacing");
        await stacks.UpdateAsync("replacing", Text("shape-10", 20));
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", await stacks.RestsAsync("replacing"));
        Assert.Contains("CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename shape-10 and update the stack again.",
            await stacks.ReasonAsync("replacing", "Config", "UPDATE_FAILED"), StringComparison.Ordinal);
        await stacks.UpdateAsync("replacing", Text("shape-20", 20));
        Assert.Equal("UPDATE_COMPLETE", await stacks.RestsAsync("replacing"));
        var events = await stacks.EventsAsync("replacing");
        Assert.True(events.LastIndexOf("Config UPDATE_COMPLETE") < events.LastIndexOf("Config DELETE_IN_PROGRESS"));
        Assert.Equal(["shape-20"], (await twin.JsonAsync("codedeploy", "ListDeploymentConfigs", "{}"))["deploymentConfigsList"]!.AsArray().Select(name => (string)name!).Where(name => name.StartsWith("shape", StringComparison.Ordinal)));
        await stacks.DeleteAsync("replacing");
    }

    [Fact]
    public async Task A_bucket_with_objects_is_not_deleted_until_it_is_retained()
    {
        twin.Require();
        await stacks.CreateAsync("full", """
            Resources:
              Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: full-bucket, VersioningConfiguration: { Status: Enabled } } }
              Kept: { Type: AWS::Logs::LogGroup, DeletionPolicy: Retain, Properties: { LogGroupName: /full } }
            """);
        Assert.Equal("CREATE_COMPLETE", await stacks.RestsAsync("full"));
        var file = Path.GetTempFileName();
        await twin.Aws.RunAsync("s3api", "put-object", "--bucket", "full-bucket", "--key", "a", "--body", file);
        var id = await stacks.IdAsync("full");
        await stacks.DeleteAsync("full");
        Assert.Equal("DELETE_FAILED", await stacks.RestsAsync("full"));
        Assert.Contains("The bucket you tried to delete is not empty", await stacks.ReasonAsync("full", "Bucket", "DELETE_FAILED"), StringComparison.Ordinal);
        Assert.Contains("Kept DELETE_SKIPPED", await stacks.EventsAsync("full"));
        await stacks.CallAsync("DeleteStack", new JsonObject { ["StackName"] = "full", ["RetainResources"] = new JsonArray("Bucket") });
        Assert.Equal("DELETE_COMPLETE", await stacks.RestsAsync(id));
        Assert.Single((await twin.JsonAsync("logs", "DescribeLogGroups", """{"logGroupNamePrefix":"/full"}"""))["logGroups"]!.AsArray());
    }

    [Fact]
    public async Task A_stack_being_created_can_be_deleted_and_a_protected_one_cannot()
    {
        twin.Require();
        await stacks.CreateAsync("slow", """
            Resources:
              Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Subnets: [SUBNET1, SUBNET2] } }
            """.Replace("SUBNET1", twin.Subnets[0], StringComparison.Ordinal).Replace("SUBNET2", twin.Subnets[1], StringComparison.Ordinal), ("EnableTerminationProtection", true));
        var refused = await StackDriver.RefusedAsync(() => stacks.DeleteAsync("slow"));
        Assert.Equal("Stack [slow] cannot be deleted while TerminationProtection is enabled", refused.Message);
        await stacks.CallAsync("UpdateTerminationProtection", new JsonObject { ["StackName"] = "slow", ["EnableTerminationProtection"] = false });
        await RunningTwin.BecomesAsync(async () => (await stacks.StackAsync("slow")).Element("StackStatus")!.Value == "CREATE_IN_PROGRESS" && (await stacks.EventsAsync("slow")).Count(one => one == "Balancer CREATE_IN_PROGRESS") == 2, "the balancer is being made");
        var id = await stacks.IdAsync("slow");
        await stacks.DeleteAsync("slow");
        Assert.Equal("DELETE_COMPLETE", await stacks.RestsAsync(id));
        Assert.DoesNotContain((await twin.QueryAsync("elasticloadbalancing", "DescribeLoadBalancers", "{}")).Descendants("LoadBalancerName"), name => name.Value.StartsWith("slow", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_update_can_be_cancelled_and_a_failed_roll_back_continued()
    {
        twin.Require();
        const string before = "Resources: { Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: old } } }";
        await stacks.CreateAsync("turning", before);
        await stacks.RestsAsync("turning");
        await stacks.UpdateAsync("turning", """
            Resources:
              Topic: { Type: AWS::SNS::Topic, Properties: { DisplayName: new } }
              Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, DependsOn: Topic, Properties: { Subnets: [SUBNET1, SUBNET2] } }
            """.Replace("SUBNET1", twin.Subnets[0], StringComparison.Ordinal).Replace("SUBNET2", twin.Subnets[1], StringComparison.Ordinal));
        await RunningTwin.BecomesAsync(async () => (await stacks.EventsAsync("turning")).Contains("Balancer CREATE_IN_PROGRESS"), "the balancer is being made");
        // What puts the topic back fails once: the roll back stops there, and goes on when told to.
        twin.Server.Faults.Set(new() { Fail = [new("sns:SetTopicAttributes", "InternalError", "Not now", 500, 1)] });
        try
        {
            await stacks.CallAsync("CancelUpdateStack", new JsonObject { ["StackName"] = "turning" });
            Assert.Equal("UPDATE_ROLLBACK_FAILED", await stacks.RestsAsync("turning"));
        }
        finally
        {
            twin.Server.Faults.Set(new());
        }

        Assert.Contains("The following resource(s) failed to update: [Topic].", await stacks.ReasonAsync("turning", "turning", "UPDATE_ROLLBACK_FAILED"), StringComparison.Ordinal);
        await stacks.CallAsync("ContinueUpdateRollback", new JsonObject { ["StackName"] = "turning" });
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", await stacks.RestsAsync("turning"));
        Assert.Equal("Resource creation cancelled", await stacks.ReasonAsync("turning", "Balancer", "CREATE_FAILED"));
        await stacks.DeleteAsync("turning");
    }
}
