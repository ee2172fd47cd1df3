using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.Specs.Aws.Twin.CloudFormation;

public sealed class IntrinsicsSpecs
{
    [Theory]
    [InlineData("!Ref Name", "\"fraud\"")]
    [InlineData("!Ref List", """["a","b"]""")]
    [InlineData("!Ref AWS::Region", "\"eu-central-1\"")]
    [InlineData("!GetAtt Bucket.Arn", "\"arn:bucket\"")]
    [InlineData("!Sub '${Name}-${Bucket}-${Bucket.Arn}-${AWS::AccountId}-${!Literal}'", "\"fraud-bucket-1-arn:bucket-123456789012-${Literal}\"")]
    [InlineData("!Sub ['${A}/${Name}', { A: !Ref Name }]", "\"fraud/fraud\"")]
    [InlineData("!Join ['-', [a, !Ref Name, 3]]", "\"a-fraud-3\"")]
    [InlineData("!Select [1, !Ref List]", "\"b\"")]
    [InlineData("!Split [':', 'a:b:c']", """["a","b","c"]""")]
    [InlineData("!If [Yes, 1, 2]", "1")]
    [InlineData("[1, !If [No, 2, !Ref AWS::NoValue]]", "[1]")]
    [InlineData("{ A: !Ref AWS::NoValue, B: 2 }", """{"B":2}""")]
    [InlineData("!FindInMap [Sizes, !Ref Name, Cpu]", "512")]
    [InlineData("!Base64 hi", "\"aGk=\"")]
    [InlineData("!GetAZs ''", """["eu-central-1a","eu-central-1b","eu-central-1c"]""")]
    [InlineData("!Cidr [10.0.0.0/16, 3, 8]", """["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"]""")]
    [InlineData("!ImportValue shared", "\"imported-shared\"")]
    [InlineData("!Sub 'x-${Later.Arn}'", "\"{{changeSet:KNOWN_AFTER_APPLY}}\"")]
    [InlineData("!Select [0, !Split ['/', !Ref Later]]", "\"{{changeSet:KNOWN_AFTER_APPLY}}\"")]
    public void A_function_gives(string expression, string expected) =>
        Assert.Equal(expected, Evaluate(expression)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));

    [Theory]
    [InlineData("!Select [5, !Ref List]", "Template error: Fn::Select cannot select nonexistent value at index 5")]
    [InlineData("!FindInMap [Sizes, other, Cpu]", "Template error: Unable to get mapping for Sizes::other::Cpu")]
    [InlineData("!If [Yes, 1]", "Template error: Fn::If requires a list argument with three elements")]
    [InlineData("!Cidr [10.0.0.0/24, 300, 8]", "Template error: Fn::Cidr cannot divide 10.0.0.0/24 into 300 blocks of 8 bits")]
    public void A_wrong_argument_is_told(string expression, string message) => Assert.Equal(message, Assert.Throws<AwsError>(() => Evaluate(expression)).Message);

    [Fact]
    public void Conditions_combine() =>
        Assert.Equal("[true,false,true,true]", Evaluate("[!Condition Yes, !Condition No, !Condition Either, !Condition Both]")!.ToJsonString());

    private static JsonNode? Evaluate(string expression)
    {
        var template = Template.Parse($$"""
            Parameters: { Name: { Type: String }, List: { Type: CommaDelimitedList } }
            Mappings: { Sizes: { fraud: { Cpu: 512 } } }
            Conditions:
              Yes: !Equals [!Ref Name, fraud]
              No: !Not [!Condition Yes]
              Either: !Or [!Condition No, !Equals [1, "1"]]
              Both: !And [!Condition Yes, !Not [!Condition No]]
            Resources:
              Bucket: { Type: AWS::S3::Bucket }
              Later: { Type: AWS::SNS::Topic }
              Probe: { Type: AWS::SNS::Topic, Metadata: { Value: {{expression}} } }
            """);
        var texts = ParameterValues.Texts(template, [Given("Name", "fraud"), Given("List", "a, b")], null);
        var intrinsics = new Intrinsics(new Surroundings(
            template, ParameterValues.Nodes(template, texts), "eu-central-1", "stack", "arn:stack", ImmutableArray<string>.Empty,
            (name, attribute) => JsonValue.Create(name == "Later" ? Intrinsics.KnownAfterApply : attribute is null ? "bucket-1" : "arn:bucket"), name => $"imported-{name}"));
        return intrinsics.Evaluate(template.Resources["Probe"].Metadata!["Value"]);
    }

    private static JsonObject Given(string name, string value) => new() { ["ParameterKey"] = name, ["ParameterValue"] = value };
}
