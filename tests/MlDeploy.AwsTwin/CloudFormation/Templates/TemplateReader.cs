using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MlDeploy.AwsTwin.CloudFormation.Templates;

/// <summary>A template's text, YAML or JSON, as one tree: short forms (`!Ref x`) become long ones (`{"Ref": "x"}`).</summary>
internal static partial class TemplateReader
{
    public static JsonObject Read(string text)
    {
        var root = text.TrimStart().StartsWith('{') ? Json(text) : Yaml(text);
        return root as JsonObject ?? throw new AwsError("ValidationError", "Template format error: unsupported structure.");
    }

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException problem)
        {
            throw new AwsError("ValidationError", $"Template format error: JSON not well-formed. (line {problem.LineNumber + 1}, column {problem.BytePositionInLine + 1})");
        }
    }

    private static JsonNode? Yaml(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 1 ? Convert(stream.Documents[0].RootNode) : throw new AwsError("ValidationError", "Template format error: unsupported structure.");
        }
        catch (YamlException problem)
        {
            throw new AwsError("ValidationError", $"Template format error: YAML not well-formed. (line {problem.Start.Line}, column {problem.Start.Column})");
        }
    }

    private static JsonNode? Convert(YamlNode node)
    {
        JsonNode? content = node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
            YamlScalarNode scalar => Scalar(scalar),
            _ => throw new AwsError("ValidationError", "Template format error: unsupported structure."),
        };
        if (node.Tag.IsEmpty || !node.Tag.Value.StartsWith('!') || node.Tag.Value.StartsWith("!!", StringComparison.Ordinal) || node.Tag.Value == "!")
        {
            return content;
        }

        var name = node.Tag.Value[1..];
        return name switch
        {
            "Ref" or "Condition" => new JsonObject { [name] = content },
            "GetAtt" when content is JsonValue value => new JsonObject { ["Fn::GetAtt"] = new JsonArray([.. InputReading.Plain(value).Split('.', 2).Select(part => (JsonNode?)part)]) },
            _ when Intrinsics.Names.Contains($"Fn::{name}") => new JsonObject { [$"Fn::{name}"] = content },
            _ => throw new AwsError("ValidationError", $"Template format error: YAML tag !{name} is not recognized."),
        };
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" => null,
            "true" or "True" => JsonValue.Create(true),
            "false" or "False" => JsonValue.Create(false),
            _ when Whole().IsMatch(text) && long.TryParse(text, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when Fraction().IsMatch(text) => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(text),
        };
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)$")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^-?[0-9]+\.[0-9]+$")]
    private static partial Regex Fraction();
}
