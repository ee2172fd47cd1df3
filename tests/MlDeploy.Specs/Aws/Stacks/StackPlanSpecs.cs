using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Specs.Aws.Stacks;

/// <summary>What a plan foresees, from two templates alone.</summary>
public sealed class StackPlanSpecs
{
    [Fact]
    public void The_same_template_is_nothing_to_do()
    {
        var plan = Plans.Of(_ => { });

        Assert.Equal(StackAction.None, plan.Action);
        Assert.Empty(plan.Resources);
    }

    [Fact]
    public void What_CloudFormation_takes_as_the_same_is_no_change()
    {
        var plan = Plans.Of(resources =>
        {
            resources.Properties("BlueTargetGroup")["Port"] = "80";
            resources.Properties("SubnetA")["VpcId"] = Plans.Parse("""{ "Fn::Sub": "${Vpc}" }""");
            resources.Properties("Balancer")["Name"] = Plans.Parse("""{ "Fn::Sub": "fraud" }""");
            resources.Properties("Balancer")["Tags"] = Plans.Parse("""{ "Ref": "AWS::NoValue" }""");
            resources["Service"]!["DependsOn"] = "ProductionListener";
            resources["LogGroup"]!["DependsOn"] = "Vpc";
            resources.Properties("Dashboard")["DashboardBody"] = Plans.Parse("""{ "Fn::Sub": "{ \"widgets\": [ { \"properties\": { \"region\": \"${AWS::Region}\", \"title\": \"CPU\" }, \"type\": \"metric\" } ] }" }""");
        });

        Assert.Empty(plan.Resources);
        Assert.Equal(StackAction.None, plan.Action);
    }

    [Fact]
    public void A_property_is_told_with_its_old_and_its_new_value()
    {
        var change = Assert.Single(Assert.Single(Plans.Of(resources => resources.Properties("LogGroup")["RetentionInDays"] = 60).Resources).Properties);

        Assert.Equal(("RetentionInDays", "30", "60", Consequence.InPlace), (change.Path.Text, change.Old!.ToString(), change.New!.ToString(), change.Consequence));
    }

    [Fact]
    public void A_create_only_property_replaces_and_so_does_what_refers_to_it_in_create_only_properties()
    {
        var plan = Plans.Of(resources => resources.Properties("Vpc")["CidrBlock"] = "10.1.0.0/16");

        Assert.Equal(["BlueTargetGroup", "GreenTargetGroup", "SubnetA", "Vpc"], plan.Resources.Where(resource => resource.Action == ResourceAction.Replace).Select(resource => resource.LogicalId));
        var balancer = plan.Resources.Single(resource => resource.LogicalId == "Balancer");
        Assert.Equal(ResourceAction.Change, balancer.Action);
        Assert.Equal(("Subnets[0]", "SubnetA"), (balancer.Properties.Single().Path.Text, balancer.Properties.Single().Because));
    }

    [Fact]
    public void A_type_without_schema_may_be_replaced_for_all_we_know()
    {
        var existing = Base(("Own", """{ "Type": "Custom::Thing", "Properties": { "Size": 1 } }"""));
        var wanted = Base(("Own", """{ "Type": "Custom::Thing", "Properties": { "Size": 2 } }"""));

        var own = Assert.Single(Plans.Between(existing, wanted).Resources);

        Assert.True(own.MayReplace);
        Assert.Equal(Consequence.Unknown, own.Properties.Single().Consequence);
    }

    [Fact]
    public void What_a_deployment_owns_is_not_reported_as_a_change_but_as_applying_at_deploy()
    {
        var plan = Plans.Of(resources =>
        {
            resources.Properties("TaskDefinition")["Cpu"] = "1024";
            resources.Properties("Service")["LoadBalancers"]![0]!["ContainerPort"] = 9090;
            resources.Properties("Service")["DesiredCount"] = 3;
            resources.Properties("ProductionListener")["DefaultActions"]![0]!["ForwardConfig"]!["TargetGroups"]![0]!["TargetGroupArn"] = Plans.Parse("""{ "Ref": "GreenTargetGroup" }""");
        });

        Assert.Equal(StackAction.None, plan.Action);
        Assert.Equal(["Service", "TaskDefinition"], plan.AtDeploy.Select(part => part.LogicalId));
        Assert.Equal(["ProductionListener", "Service", "TaskDefinition"], plan.LeftAlone.Select(part => part.LogicalId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_no_deployment_can_change_either_is_told_to_be_refused_instead_of_being_ignored()
    {
        var service = Assert.Single(Plans.Of(resources => resources.Properties("Service")["PlatformVersion"] = "1.3.0").Resources);

        Assert.Contains("can change PlatformVersion of a service that CodeDeploy deploys", service.Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_sent_leaves_an_unchanged_listener_as_the_stack_has_it_and_gives_a_changed_one_the_live_group()
    {
        var live = (JsonObject)Plans.Base["Resources"]!.DeepClone();
        live.Properties("ProductionListener")["DefaultActions"]![0]!["ForwardConfig"]!["TargetGroups"]![0]!["TargetGroupArn"] = Plans.Parse("""{ "Ref": "GreenTargetGroup" }""");

        Assert.Equal("BlueTargetGroup", Group(StackPlanner.ToSend(new JsonObject { ["Resources"] = live.DeepClone() }, Plans.Base)));

        live.Properties("ProductionListener")["Port"] = 8080;
        Assert.Equal("GreenTargetGroup", Group(StackPlanner.ToSend(new JsonObject { ["Resources"] = live }, Plans.Base)));

        static string Group(JsonObject template) => ((JsonObject)template["Resources"]!).Properties("ProductionListener")["DefaultActions"]![0]!["ForwardConfig"]!["TargetGroups"]![0]!["TargetGroupArn"]!["Ref"]!.ToString();
    }

    [Fact]
    public void A_change_of_a_listeners_stickiness_is_a_change()
    {
        var plan = Plans.Of(resources =>
            resources.Properties("ProductionListener")["DefaultActions"]![0]!["ForwardConfig"]!["TargetGroupStickinessConfig"] = Plans.Parse("""{ "Enabled": true, "DurationSeconds": 3600 }"""));

        Assert.Equal("DefaultActions[0].ForwardConfig.TargetGroupStickinessConfig", Assert.Single(Assert.Single(plan.Resources).Properties).Path.Text);
    }

    [Fact]
    public void Lists_are_aligned_by_what_identifies_their_items()
    {
        var existing = Base(("Role", """{ "Type": "AWS::IAM::Role", "Properties": { "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }, { "Key": "c", "Value": "3" }], "Managed": ["x", "y", "z"] } }"""));
        var wanted = Base(("Role", """{ "Type": "AWS::IAM::Role", "Properties": { "Tags": [{ "Key": "c", "Value": "3" }, { "Key": "b", "Value": "changed" }, { "Key": "d", "Value": "4" }], "Managed": ["y", "z", "new"] } }"""));

        var changes = Assert.Single(Plans.Between(existing, wanted).Resources).Properties;

        Assert.Equal(["Tags[b].Value", "Tags[d]", "Tags[a]", "Managed[0]", "Managed[2]"], changes.Select(change => change.Path.Text));
        Assert.Equal(["changed", "new"], changes.Where(change => change.New is JsonValue).Select(change => change.New!.ToString()));
    }

    [Fact]
    public void Removing_what_holds_data_says_what_is_lost_and_what_stays()
    {
        var plan = Plans.Of(resources =>
        {
            resources.Remove("Data");
            resources.Remove("LogGroup");
        });

        Assert.Equal("leaves the stack and stays in the account (DeletionPolicy: Retain)", plan.Resources.Single(resource => resource.LogicalId == "Data").Note);
        Assert.Equal("its log lines are lost", plan.Resources.Single(resource => resource.LogicalId == "LogGroup").Note);
    }

    [Fact]
    public void A_changed_type_is_told_to_be_refused()
    {
        var topic = Assert.Single(Plans.Of(resources => resources["Data"]!["Type"] = "AWS::SNS::Topic").Resources);

        Assert.Contains("CloudFormation changes no resource's type", topic.Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replacement_that_keeps_its_name_is_told_to_be_refused()
    {
        var plan = Plans.Of(resources => resources.Properties("Balancer")["Scheme"] = "internal");

        Assert.Contains("its Name stays \"fraud\"", plan.Resources.Single(resource => resource.LogicalId == "Balancer").Refused, StringComparison.Ordinal);
        Assert.Null(Plans.Of(resources => resources.Properties("Balancer")["Name"] = "other").Resources.Single(resource => resource.LogicalId == "Balancer").Refused);
    }

    [Fact]
    public void What_would_touch_a_service_of_CodeDeploy_is_told_to_be_refused()
    {
        var plan = Plans.Of(resources => resources.Properties("BlueTargetGroup")["Name"] = "fraud-b");

        Assert.Contains("CodeDeploy deploys", plan.Resources.Single(resource => resource.LogicalId == "Service").Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_of_the_stack_and_outputs_are_changes_too()
    {
        Assert.Equal("Tags[team]", Assert.Single(Plans.Of(_ => { }, tags: ImmutableSortedDictionary<string, string>.Empty.Add("team", "risk")).Other).Path.Text);

        var wanted = Plans.Base;
        wanted["Outputs"]!["Cluster"] = Plans.Parse("""{ "Value": "fraud" }""");
        var plan = Plans.Between(Plans.Base, wanted);
        Assert.Equal(StackAction.Update, plan.Action);
        Assert.Equal("Cluster", Assert.Single(plan.Outputs).Path.Text);
    }

    [Fact]
    public void No_secret_is_in_a_plan()
    {
        var plan = Plans.Of(resources =>
        {
            resources.Properties("Service")["Environment"] = JsonNode.Parse("""[{ "Name": "API_TOKEN", "Value": "MARK-1" }, { "Name": "DATABASE", "Value": "postgres://app:MARK-2@db/fraud" }]""");
            resources.Properties("Vpc")["MasterUserPassword"] = "MARK-3";
            resources.Properties("TaskDefinition")["ContainerDefinitions"]![0]!["Environment"]![1]!["Value"] = "MARK-4";
            resources.Properties("Dashboard")["DashboardBody"] = """{ "widgets": [{ "clientSecret": "MARK-5" }] }""";
            resources["Added"] = Plans.Parse("""{ "Type": "AWS::SNS::Topic", "Properties": { "Webhook": "https://hooks.slack.com/services/MARK-6", "Nested": [{ "Key": "password", "Value": "MARK-7" }] } }""");
            resources["Joined"] = Plans.Parse("""{ "Type": "AWS::SNS::Topic", "Properties": { "Password": { "Fn::Join": ["", ["MARK-8", { "Ref": "Vpc" }]] } } }""");
        });

        var all = plan.Resources.Concat(plan.AtDeploy).SelectMany(resource => resource.Properties).SelectMany(change => new[] { change.Old, change.New }).Select(value => value?.ToJsonString() ?? "");
        Assert.DoesNotContain("MARK", string.Concat(all), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", string.Concat(all), StringComparison.Ordinal);
        Assert.Equal("ContainerDefinitions[application].Environment[DB_PASSWORD].Value", Assert.Single(plan.AtDeploy.Single().Properties).Path.Text);
    }

    [Fact]
    public void References_to_secrets_are_shown()
    {
        var plan = Plans.Of(resources => resources.Properties("TaskDefinition")["ContainerDefinitions"]![0]!["Secrets"] =
            JsonNode.Parse("""[{ "Name": "DB_PASSWORD", "ValueFrom": "arn:aws:ssm:eu-central-1:123456789012:parameter/db" }]"""));

        Assert.Contains("parameter/db", plan.AtDeploy.Single().Properties.Single().New!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_that_are_planned_turn_the_old_template_into_the_new_one()
    {
        // Seeded: a plan that is silent about a difference would be found by undoing what it tells.
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var wanted = Plans.Base;
            var resources = (JsonObject)wanted["Resources"]!;
            var id = resources.ElementAt(random.Next(resources.Count)).Key;
            if (id is "TaskDefinition")
            {
                continue;
            }

            var properties = resources.Properties(id);
            var name = properties.ElementAt(random.Next(properties.Count)).Key;
            if (name is "DefaultActions" or "TaskDefinition" or "LoadBalancers")
            {
                continue;
            }

            properties[name] = $"other-{round}";

            var change = Plans.Between(Plans.Base, wanted).Resources.Single(resource => resource.LogicalId == id).Properties.Single(property => property.Because is null);
            Assert.Equal((name, $"other-{round}"), (change.Path.Text, change.New!.ToString()));
        }
    }

    private static JsonObject Base(params (string LogicalId, string Resource)[] resources) =>
        new() { ["Resources"] = new JsonObject(resources.Select(resource => KeyValuePair.Create(resource.LogicalId, (JsonNode?)Plans.Parse(resource.Resource)))) };
}
