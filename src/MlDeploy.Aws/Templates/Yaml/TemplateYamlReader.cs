using System.Buffers;
using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlDeploy.Aws.Templates.Yaml;

/// <summary>
/// CloudFormation YAML as JSON: `!GetAtt A.B` becomes <c>{"Fn::GetAtt": ["A", "B"]}</c>. Read event by event, since a template may
/// be a user's own: bounded in size and depth, without anchors, and every unknown tag is an error.
/// </summary>
public static class TemplateYamlReader
{
    /// <summary>CloudFormation's own limit, for templates in a bucket.</summary>
    private const int LongestText = 1 << 20;

    private const int Deepest = 64;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.eE+-");

    private static readonly Dictionary<string, string> Functions = Intrinsics.Tags.ToDictionary(tag => tag.Value, tag => tag.Key, StringComparer.Ordinal);

    /// <exception cref="TemplateSyntaxException">It is no YAML, no map, or beyond a limit.</exception>
    public static JsonObject Read(string text)
    {
        if (text.Length > LongestText)
        {
            throw new TemplateSyntaxException($"has {text.Length:N0} characters, and CloudFormation takes 1 MiB at most", 1, 1);
        }

        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            parser.Consume<DocumentStart>();
            var start = parser.Current?.Start ?? Mark.Empty;
            var root = Node(parser, 0) as JsonObject ?? throw new TemplateSyntaxException("is not a map", start.Line, start.Column);
            parser.Consume<DocumentEnd>();
            return root;
        }
        catch (YamlException invalid)
        {
            throw new TemplateSyntaxException(invalid.Message, invalid.Start.Line, invalid.Start.Column);
        }
    }

    private static JsonNode? Node(IParser parser, int depth)
    {
        var current = parser.Current ?? throw new TemplateSyntaxException("ends too early", 0, 0);
        if (depth > Deepest)
        {
            throw At(current, $"is deeper than {Deepest} levels");
        }

        if (current is AnchorAlias || current is NodeEvent { Anchor.IsEmpty: false })
        {
            throw At(current, "has an anchor or an alias, which CloudFormation does not read");
        }

        return current switch
        {
            Scalar scalar => Value(parser, scalar),
            SequenceStart => Tagged(parser.Consume<SequenceStart>(), List(parser, depth)),
            MappingStart => Tagged(parser.Consume<MappingStart>(), Map(parser, depth)),
            _ => throw At(current, "is not a value"),
        };
    }

    private static JsonNode? Value(IParser parser, Scalar scalar)
    {
        parser.MoveNext();
        if (!HasTag(scalar))
        {
            return scalar.IsPlainImplicit ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        }

        JsonNode? argument = scalar.IsPlainImplicit || scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        if (string.Equals(Function(scalar), Intrinsics.GetAtt, StringComparison.Ordinal))
        {
            // The logical id has no dot; the attribute may.
            var dot = scalar.Value.IndexOf('.', StringComparison.Ordinal);
            return dot <= 0 ? throw At(scalar, $"!GetAtt {scalar.Value} names no attribute") : Intrinsics.Attribute(scalar.Value[..dot], scalar.Value[(dot + 1)..]);
        }

        return new JsonObject { [Function(scalar)] = argument is null ? "" : JsonValue.Create(scalar.Value) };
    }

    private static JsonArray List(IParser parser, int depth)
    {
        var list = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(Node(parser, depth + 1));
        }

        return list;
    }

    private static JsonObject Map(IParser parser, int depth)
    {
        var map = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Current as Scalar ?? throw At(parser.Current!, "has a key that is not text");
            parser.MoveNext();
            if (!map.TryAdd(key.Value, Node(parser, depth + 1)))
            {
                throw At(key, $"has the key {key.Value} twice");
            }
        }

        return map;
    }

    private static JsonNode Tagged(NodeEvent start, JsonNode value) => HasTag(start) ? new JsonObject { [Function(start)] = value } : value;

    /// <summary>The core schema's own tags (`!!str`) say nothing that is not seen.</summary>
    private static bool HasTag(NodeEvent node) => !node.Tag.IsEmpty && !node.Tag.IsNonSpecific;

    private static string Function(NodeEvent node) =>
        Functions.TryGetValue(node.Tag.Value, out var function) ? function : throw At(node, $"has the tag {node.Tag.Value}, which is no function of CloudFormation");

    private static TemplateSyntaxException At(ParsingEvent place, string message) => new(message, place.Start.Line, place.Start.Column);

    /// <summary>YAML 1.2's core schema, so `yes` and `2012-10-17` are text.</summary>
    internal static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when IsNumber(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when IsNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    /// <summary>JSON's grammar: `0123` is text (an account's number keeps its zero).</summary>
    private static bool IsNumber(string text)
    {
        var digits = text.AsSpan(text[0] == '-' ? 1 : 0);
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && !(digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]))
            && digits.IndexOfAnyExcept(NumberCharacters) < 0;
    }
}
