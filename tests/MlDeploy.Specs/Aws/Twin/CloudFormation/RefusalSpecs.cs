using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.Specs.Aws.Twin.CloudFormation;

/// <summary>What CloudFormation refuses, in its words: at once, or at the resource.</summary>
[Collection(RunningTwin.Collection)]
public sealed class RefusalSpecs(RunningTwin twin)
{
    private readonly StackDriver stacks = new(twin);

    [Theory]
    [InlineData("Resources: { A: { Type: AWS::Nowhere::Thing } }", "Template format error: Unrecognized resource types: [AWS::Nowhere::Thing]")]
    [InlineData("Resources: { A: { Type: AWS::SNS::Topic, Properties: { TopicName: !GetAtt B.Arn } }, B: { Type: AWS::SNS::Topic } }", "Template error: resource B does not support attribute type Arn in Fn::GetAtt")]
    public async Task A_template_is_refused_before_a_stack_exists(string template, string message)
    {
        twin.Require();
        var refused = await StackDriver.RefusedAsync(() => stacks.CreateAsync("refused", template));
        Assert.Equal(("ValidationError", message), (refused.Code, refused.Message));
        await StackDriver.RefusedAsync(() => stacks.StackAsync("refused"));
    }

    [Theory]
    [InlineData("Resources: { }", "Template format error: At least one Resources member must be defined.")]
    [InlineData("Resource: { }", "Invalid template property or properties [Resource]")]
    [InlineData("Resources: { A: { Type: AWS::SNS::Topic, Properties: { TopicName: !Ref B } } }", "Template format error: Unresolved resource dependencies [B] in the Resources block of the template")]
    [InlineData("Resources: { A: { Type: AWS::SNS::Topic, DependsOn: B }, B: { Type: AWS::SNS::Topic, DependsOn: A } }", "Circular dependency between resources: [A, B]")]
    [InlineData("Resources: { A: { Type: AWS::SNS::Topic, Propertys: {} } }", "Invalid template resource property 'Propertys'")]
    [InlineData("Resources: { A: { Type: AWS::SNS::Topic, Properties: { TopicName: null } } }", "[/Resources/A/Properties/TopicName] 'null' values are not allowed in templates")]
    [InlineData("Resources: [", "Template format error: YAML not well-formed. (line 2, column 1)")]
    public void A_template_that_is_not_well_formed_says_where(string template, string message) =>
        Assert.Equal(message, Assert.Throws<AwsError>(() => Template.Parse(template)).Message);

    [Fact]
    public async Task Capabilities_size_and_names_are_checked()
    {
        twin.Require();
        const string role = """Resources: { Role: { Type: AWS::IAM::Role, Properties: { RoleName: r, AssumeRolePolicyDocument: {} } } }""";
        var refused = await StackDriver.RefusedAsync(() => stacks.CreateAsync("capable", role, ("Capabilities", new System.Text.Json.Nodes.JsonArray())));
        Assert.Equal(("InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]"), (refused.Code, refused.Message));
        refused = await StackDriver.RefusedAsync(() => stacks.CreateAsync("big", $"Description: {new string('x', 52_000)}\n{role}"));
        Assert.EndsWith("at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200", refused.Message, StringComparison.Ordinal);
        refused = await StackDriver.RefusedAsync(() => stacks.CreateAsync("not_a_name", role));
        Assert.Contains("Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS::SNS::Topic", "{ Tpoic: a }", "#: extraneous key [Tpoic] is not permitted")]
    [InlineData("AWS::SNS::Subscription", "{ Protocol: email }", "#: required key [TopicArn] not found")]
    [InlineData("AWS::Logs::LogGroup", "{ RetentionInDays: 8 }", "#/RetentionInDays: 8 is not a valid enum value")]
    [InlineData("AWS::Logs::LogGroup", "{ RetentionInDays: week }", "#/RetentionInDays: expected type: Integer, found: String")]
    [InlineData("AWS::ElasticLoadBalancingV2::TargetGroup", "{ Port: 70000 }", "#/Port: 70000 is not less or equal to 65535")]
    public async Task A_property_that_the_schema_does_not_allow_fails_its_resource(string type, string properties, string problem)
    {
        twin.Require();
        await stacks.CreateAsync("invalid", $"Resources: {{ Bad: {{ Type: {type}, Properties: {properties} }} }}");
        Assert.Equal("ROLLBACK_COMPLETE", await stacks.RestsAsync("invalid"));
        Assert.Equal($"Properties validation failed for resource Bad with message:\n{problem}", await stacks.ReasonAsync("invalid", "Bad", "CREATE_FAILED"));
        await stacks.DeleteAsync("invalid");
    }

    [Fact]
    public async Task A_denied_action_fails_the_resource_and_names_the_action()
    {
        twin.Require();
        twin.Server.Faults.Set(new() { Deny = ["logs:CreateLogGroup"] });
        try
        {
            await stacks.CreateAsync("denied", "Resources: { Group: { Type: AWS::Logs::LogGroup } }");
            Assert.Equal("ROLLBACK_COMPLETE", await stacks.RestsAsync("denied"));
        }
        finally
        {
            twin.Server.Faults.Set(new());
        }

        var reason = await stacks.ReasonAsync("denied", "Group", "CREATE_FAILED");
        Assert.Contains("is not authorized to perform: logs:CreateLogGroup on resource: arn:aws:logs:eu-central-1:123456789012:log-group:denied-Group-", reason, StringComparison.Ordinal);
        Assert.Contains("HandlerErrorCode: AccessDenied", reason, StringComparison.Ordinal);
        await stacks.DeleteAsync("denied");
    }
}
