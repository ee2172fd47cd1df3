using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace MlDeploy.Specs.Aws.Twin.CloudFormation;

/// <summary>Change sets: what would change, what would be replaced, and what is only known later.</summary>
[Collection(RunningTwin.Collection)]
public sealed class ChangeSetSpecs(RunningTwin twin)
{
    private const string Before = """
        Resources:
          Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.9.0.0/16 } }
          Table: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
          Group: { Type: AWS::Logs::LogGroup, Properties: { RetentionInDays: 7 } }
          Gone: { Type: AWS::SNS::Topic, DeletionPolicy: Retain }
        """;

    private readonly StackDriver stacks = new(twin);

    [Fact]
    public async Task A_change_set_tells_old_and_new_values_what_is_replaced_and_what_follows()
    {
        twin.Require();
        await stacks.CreateAsync("changing", Before);
        Assert.Equal("CREATE_COMPLETE", await stacks.RestsAsync("changing"));
        var set = await stacks.ChangeSetAsync("changing", "next", Before
            .Replace("10.9.0.0/16", "10.8.0.0/16", StringComparison.Ordinal)
            .Replace("RetentionInDays: 7", "RetentionInDays: 30", StringComparison.Ordinal)
            .Replace("Gone: { Type: AWS::SNS::Topic, DeletionPolicy: Retain }", "New: { Type: AWS::SNS::Topic }", StringComparison.Ordinal));
        var changes = set.Descendants("ResourceChange").ToDictionary(change => change.Element("LogicalResourceId")!.Value);

        Assert.Equal(("Modify", "False", "/Properties/RetentionInDays", "7", "30", "Never", "Static"), Told(changes["Group"]));
        Assert.Equal(("Modify", "True", "/Properties/CidrBlock", "10.9.0.0/16", "10.8.0.0/16", "Always", "Static"), Told(changes["Vpc"]));
        Assert.Equal("ReplaceAndDelete", changes["Vpc"].Element("PolicyAction")!.Value);
        var vpc = await stacks.PhysicalAsync("changing", "Vpc");
        Assert.Equal(("Modify", "Conditional", "/Properties/VpcId", vpc, "{{changeSet:KNOWN_AFTER_APPLY}}", "Always", "Dynamic"), Told(changes["Table"]));
        Assert.Equal(("ResourceReference", "Vpc"), (changes["Table"].Descendants("ChangeSource").Single().Value, changes["Table"].Descendants("CausingEntity").Single().Value));
        Assert.Equal(("Remove", "Retain"), (changes["Gone"].Element("Action")!.Value, changes["Gone"].Element("PolicyAction")!.Value));
        Assert.Equal("Add", changes["New"].Element("Action")!.Value);
        Assert.Equal(7, (int)JsonNode.Parse(changes["Group"].Element("BeforeContext")!.Value)!["Properties"]!["RetentionInDays"]!);
        Assert.Equal(30, (int)JsonNode.Parse(changes["Group"].Element("AfterContext")!.Value)!["Properties"]!["RetentionInDays"]!);

        await stacks.CallAsync("ExecuteChangeSet", new JsonObject { ["StackName"] = "changing", ["ChangeSetName"] = "next" });
        Assert.Equal("UPDATE_COMPLETE", await stacks.RestsAsync("changing"));
        Assert.NotEqual(vpc, await stacks.PhysicalAsync("changing", "Vpc"));
        Assert.Contains("Gone DELETE_SKIPPED", await stacks.EventsAsync("changing"));
        var none = await stacks.ChangeSetAsync("changing", "again", (await stacks.CallAsync("GetTemplate", new JsonObject { ["StackName"] = "changing" })).Descendants("TemplateBody").Single().Value);
        Assert.Equal("FAILED", none.Descendants("Status").First().Value);
        Assert.Equal("The submitted information didn't contain changes. Submit different information to create a change set.", none.Descendants("StatusReason").First().Value);
        await stacks.DeleteAsync("changing");
    }

    [Fact]
    public async Task A_change_set_for_a_new_stack_leaves_one_in_review_until_it_is_deleted()
    {
        twin.Require();
        const string template = "Resources: { Topic: { Type: AWS::SNS::Topic } }";
        var set = await stacks.ChangeSetAsync("reviewed", "first", template, "CREATE");
        Assert.Equal("AVAILABLE", set.Descendants("ExecutionStatus").First().Value);
        await stacks.CallAsync("DeleteChangeSet", new JsonObject { ["StackName"] = "reviewed", ["ChangeSetName"] = "first" });
        Assert.Equal("REVIEW_IN_PROGRESS", await stacks.StatusAsync("reviewed"));
        Assert.Equal("AlreadyExistsException", (await StackDriver.RefusedAsync(() => stacks.CreateAsync("reviewed", template))).Code);
        var id = await stacks.IdAsync("reviewed");
        await stacks.DeleteAsync("reviewed");
        Assert.Equal("DELETE_COMPLETE", await stacks.RestsAsync(id));

        Assert.Equal("Stack [reviewed] does not exist", (await StackDriver.RefusedAsync(() => stacks.ChangeSetAsync("reviewed", "second", template))).Message);
        var missing = await StackDriver.RefusedAsync(() => stacks.CallAsync("DescribeChangeSet", new JsonObject { ["ChangeSetName"] = "arn:aws:cloudformation:eu-central-1:123456789012:changeSet/x/y" }));
        Assert.Equal("ChangeSetNotFound", missing.Code);
    }

    /// <summary>Minutes long: the command line asks in steps of 30 s.</summary>
    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task The_official_deploy_command_creates_and_changes_through_change_sets()
    {
        twin.Require();
        var file = Path.GetTempFileName();
        foreach (var name in new[] { "one", "two" })
        {
            await File.WriteAllTextAsync(file, $"Resources: {{ Topic: {{ Type: AWS::SNS::Topic, Properties: {{ DisplayName: {name} }} }} }}");
            Assert.Contains("Successfully created/updated stack - deployed", await twin.Aws.SayAsync("cloudformation", "deploy", "--stack-name", "deployed", "--template-file", file), StringComparison.Ordinal);
        }

        Assert.Equal("UPDATE_COMPLETE", await stacks.StatusAsync("deployed"));
        Assert.Contains("No changes to deploy", await twin.Aws.SayAsync("cloudformation", "deploy", "--stack-name", "deployed", "--template-file", file, "--no-fail-on-empty-changeset"), StringComparison.Ordinal);
        await stacks.DeleteAsync("deployed");
    }

    private static (string, string, string, string, string, string, string) Told(XElement change)
    {
        var detail = change.Element("Details")!.Elements("member").Single();
        string Of(string name) => detail.Descendants(name).Single().Value;
        return (change.Element("Action")!.Value, change.Element("Replacement")!.Value, Of("Path"), Of("BeforeValue"), Of("AfterValue"), Of("RequiresRecreation"), Of("Evaluation"));
    }
}
