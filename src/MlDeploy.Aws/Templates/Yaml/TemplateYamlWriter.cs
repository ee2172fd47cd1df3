using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlDeploy.Aws.Templates.Yaml;

/// <summary>JSON as CloudFormation YAML, with functions in their short form. What it writes, <see cref="TemplateYamlReader"/> reads back to the same JSON.</summary>
internal static class TemplateYamlWriter
{
    public static string Write(JsonObject template)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: 1 << 16, isCanonical: false, maxSimpleKeyLength: 1024).WithIndentedSequences());
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Node(emitter, template, TagName.Empty);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Node(Emitter emitter, JsonNode? node, TagName tag)
    {
        if (tag.IsEmpty && Intrinsics.Is(node, out var function, out var argument) && Short(function, argument) is { } shortened)
        {
            Node(emitter, shortened, new TagName(Intrinsics.Tags[function]));
            return;
        }

        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(AnchorName.Empty, tag, tag.IsEmpty, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, value) in map)
                {
                    emitter.Emit(Scalar(key, TagName.Empty));
                    Node(emitter, value, TagName.Empty);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, tag, tag.IsEmpty, list.Count == 0 || (!tag.IsEmpty && list.All(item => item is JsonValue)) ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                {
                    Node(emitter, item, TagName.Empty);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                emitter.Emit(Scalar(value.GetValue<string>(), tag));
                break;
            default:
                emitter.Emit(new Scalar(AnchorName.Empty, tag, node?.ToJsonString() ?? "null", ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));
                break;
        }
    }

    /// <summary>The argument below a short tag; null where only the long form is read: a function directly below another.</summary>
    private static JsonNode? Short(string function, JsonNode? argument) => function switch
    {
        _ when !Intrinsics.Tags.ContainsKey(function) || argument is null || Intrinsics.Is(argument) => null,
        Intrinsics.GetAtt when argument is JsonArray { Count: 2 } pair && Intrinsics.Text(pair[0]) is { } id && Intrinsics.Text(pair[1]) is { } attribute => JsonValue.Create($"{id}.{attribute}"),
        Intrinsics.GetAtt => null,
        _ => argument,
    };

    private static Scalar Scalar(string text, TagName tag)
    {
        var style = text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal
            : text.Length == 0 || !IsText(text) ? ScalarStyle.DoubleQuoted
            : ScalarStyle.Any;
        return new Scalar(AnchorName.Empty, tag, text, style, isPlainImplicit: tag.IsEmpty, isQuotedImplicit: tag.IsEmpty);
    }

    /// <summary>False for what some reader of YAML 1.1 or 1.2 takes for a number, a date, a boolean or nothing.</summary>
    private static bool IsText(string text) =>
        !char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+' or '.' or '=' or '<')
        && text.ToLowerInvariant() is not ("true" or "false" or "yes" or "no" or "on" or "off" or "y" or "n" or "null" or "~");
}
