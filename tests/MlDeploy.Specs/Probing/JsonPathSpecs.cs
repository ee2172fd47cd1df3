using System.Text.Json;
using MlDeploy.Core.Probing;

namespace MlDeploy.Specs.Probing;

public class JsonPathSpecs
{
    private const string Document = """{"a":{"b":[1,[2,3],{"c d":4}]},"":5,"x.y":6,"it's":7,"e]":8,"null":null,"p":0.25}""";

    [Theory]
    [InlineData("$.a.b[0]", "1")]
    [InlineData("$.a.b[1][1]", "3")]
    [InlineData("$.a.b[2]['c d']", "4")]
    [InlineData("$[\"a\"].b[0]", "1")]
    [InlineData("$['']", "5")]
    [InlineData("$['x.y']", "6")]
    [InlineData("$['it's']", "7")]
    [InlineData("$['e]']", "8")]
    [InlineData("$.null", "null")]
    [InlineData("$.p", "0.25")]
    public void A_place_is_found(string path, string expected) => Assert.Equal(expected, Find(path));

    [Fact]
    public void The_dollar_is_the_whole() => Assert.Equal(Document, Find("$"));

    [Theory]
    [InlineData("$.a.c")]
    [InlineData("$.a.b[3]")]
    [InlineData("$.a[0]")]
    [InlineData("$.p.q")]
    [InlineData("$.a.b[-1]")]
    [InlineData("$.a.b[99999999999]")]
    [InlineData("$.a.b[*]")]
    [InlineData("$.*")]
    [InlineData("$..a")]
    [InlineData("$.")]
    [InlineData("$[")]
    [InlineData("$['a")]
    [InlineData("$[]")]
    [InlineData("$a")]
    [InlineData("")]
    [InlineData("a")]
    public void What_is_not_there_or_no_path_to_one_place_is_nothing(string path) => Assert.Null(Find(path));

    private static string? Find(string path)
    {
        using var json = JsonDocument.Parse(Document);
        return JsonPath.Find(json.RootElement, path)?.GetRawText();
    }
}
