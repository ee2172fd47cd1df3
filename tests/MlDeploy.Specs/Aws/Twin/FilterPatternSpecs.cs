using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Logs;

namespace MlDeploy.Specs.Aws.Twin;

public sealed class FilterPatternSpecs
{
    private const string Json = """{"level":"error","score":0.75,"model":{"name":"fraud-3"}}""";

    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("ERROR disk", "disk: ERROR 5", true)]
    [InlineData("ERROR disk", "ERROR 5", false)]
    [InlineData("\"ERROR 5\"", "5 ERROR", false)]
    [InlineData("?warn ?error", "an error", true)]
    [InlineData("?warn ?error", "all well", false)]
    [InlineData("ERROR -disk", "ERROR disk", false)]
    [InlineData("{ $.level = \"err*\" }", Json, true)]
    [InlineData("{ $.model.name = \"fraud-3\" && $.score > 0.5 }", Json, true)]
    [InlineData("{ $.score >= 0.8 || $.level != \"error\" }", Json, false)]
    [InlineData("{ $.absent EXISTS }", Json, false)]
    [InlineData("{ $.score = 0.750 }", Json, true)]
    [InlineData("{ $.level = \"error\" }", "not json", false)]
    public void A_pattern_finds_what_it_says(string pattern, string line, bool found) => Assert.Equal(found, FilterPattern.Parse(pattern)(line));

    [Theory]
    [InlineData("[a, b]")]
    [InlineData("{ nonsense }")]
    public void What_the_twin_does_not_understand_is_refused(string pattern) =>
        Assert.Equal("InvalidParameterException", Assert.Throws<AwsError>(() => FilterPattern.Parse(pattern)).Code);
}
