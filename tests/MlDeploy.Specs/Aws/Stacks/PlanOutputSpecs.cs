using System.Collections.Immutable;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Tool.OnAws.Planning;
using MlDeploy.Tool.Output;

namespace MlDeploy.Specs.Aws.Stacks;

/// <summary>A plan as people and programs read it.</summary>
public sealed class PlanOutputSpecs
{
    private const string Goldens = "tests/MlDeploy.Specs/Aws/Stacks/Goldens/";

    private static readonly StackPlan Changed = Plans.Of(
        resources =>
        {
            resources.Properties("Vpc")["CidrBlock"] = "10.1.0.0/16";
            resources.Properties("LogGroup")["RetentionInDays"] = 60;
            resources.Properties("LogGroup")["Password"] = "hunter3";
            resources.Properties("TaskDefinition")["Cpu"] = "1024";
            resources.Properties("TaskDefinition")["ContainerDefinitions"]![0]!["Environment"]![0]!["Value"] = "debug";
            resources.Properties("TaskDefinition")["ContainerDefinitions"]![0]!["Environment"]![1]!["Value"] = "hunter3";
            resources.Properties("Dashboard")["DashboardBody"] = """{"widgets":[{"type":"metric","properties":{"title":"CPU and memory","region":"${AWS::Region}"}}]}""";
            resources.Remove("Data");
            resources["Topic"] = Plans.Parse("""
                { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": "fraud", "Subscription": [
                  { "Protocol": "email", "Endpoint": "a-rather-long-address-of-the-team-that-looks-after-fraud@example.com" },
                  { "Protocol": "email", "Endpoint": "another-rather-long-address-of-the-team@example.com" }] } }
                """);
        },
        tags: ImmutableSortedDictionary<string, string>.Empty.Add("team", "risk"));

    private static readonly StackPlan Created = Plans.Between(null, Plans.Base);

    private static readonly StackPlan Unchanged = Plans.Of(_ => { });

    [Fact]
    public void Changes_read_as_a_diff() => Golden.Match(Goldens + "plan-changes.golden", Text(all: false, Changed));

    [Fact]
    public void A_new_stack_is_a_list_of_its_resources() => Golden.Match(Goldens + "plan-create.golden", Text(all: false, Created));

    [Fact]
    public void Verbose_tells_every_property_of_a_new_stack() => Golden.Match(Goldens + "plan-create-verbose.golden", Text(all: true, Created));

    [Fact]
    public void Nothing_to_do_is_said() => Golden.Match(Goldens + "plan-unchanged.golden", Text(all: false, Unchanged));

    [Fact]
    public void Markdown_is_for_a_pull_request() => Golden.Match(Goldens + "plan-changes.md.golden", PlanMarkdown.Of("fraud", [Created, Changed, Unchanged]));

    [Fact]
    public void Json_tells_the_same_to_programs()
    {
        using var text = new StringWriter { NewLine = "\n" };
        new ResultWriter(text, OutputFormat.Json, Palette.None).WriteJson("stack-plan", 1, PlanDocuments.Of("fraud", [Changed, Unchanged]), PlanJson.Default.StackPlanDocument);

        Golden.Match(Goldens + "plan-changes.json.golden", text.ToString());
    }

    private static string Text(bool all, params StackPlan[] plans)
    {
        using var text = new StringWriter { NewLine = "\n" };
        PlanText.Write(plans, text, Palette.None, all);
        return text.ToString();
    }
}
