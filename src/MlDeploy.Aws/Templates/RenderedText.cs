using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Yaml;

namespace MlDeploy.Aws.Templates;

/// <summary>Stacks as `render` prints them, one YAML document each below a header of comments; read back by `plan --against`.</summary>
public static class RenderedText
{
    private const string StackHeader = "# stack: ";
    private const string TagsHeader = "# tags: ";
    private const string CapabilitiesHeader = "# capabilities: ";

    /// <summary>One document, for a file of its own.</summary>
    public static string Document(RenderedStack stack)
    {
        var tags = new JsonObject([.. stack.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value))]);
        return new StringBuilder()
            .Append(StackHeader).Append(stack.Name).Append('\n')
            .Append(TagsHeader).Append(tags.ToJsonString()).Append('\n')
            .Append(CapabilitiesHeader).Append(string.Join(' ', stack.Capabilities)).Append('\n')
            .Append(stack.ToYaml())
            .ToString();
    }

    public static string Documents(IEnumerable<RenderedStack> stacks) => string.Join("---\n", stacks.Select(Document));

    /// <summary>True for a text that <see cref="Document"/> wrote.</summary>
    public static bool IsRendered(string text) => text.StartsWith(StackHeader, StringComparison.Ordinal);

    /// <exception cref="TemplateSyntaxException">It is not what `render` prints.</exception>
    public static ImmutableArray<RenderedStack> Read(string text)
    {
        var stacks = ImmutableArray.CreateBuilder<RenderedStack>();
        foreach (var document in text.ReplaceLineEndings("\n").Split($"---\n{StackHeader}", StringSplitOptions.RemoveEmptyEntries))
        {
            stacks.Add(Stack(stacks.Count == 0 ? document : StackHeader + document));
        }

        return stacks.ToImmutable();
    }

    private static RenderedStack Stack(string document)
    {
        var name = Header(document, StackHeader) ?? throw new TemplateSyntaxException($"does not begin with `{StackHeader.Trim()}`, as what `mldeploy render` prints does", 1, 1);
        var kind = Enum.GetValues<StackKind>().Where(kind => name.EndsWith($"-{StackNames.Word(kind)}", StringComparison.Ordinal)).Select(kind => (StackKind?)kind).FirstOrDefault()
            ?? throw new TemplateSyntaxException($"names the stack {name}, which is none of an application's", 1, 1);
        return new RenderedStack(kind, name, TemplateYamlReader.Read(document), Tags(Header(document, TagsHeader)), [.. (Header(document, CapabilitiesHeader) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
    }

    private static string? Header(string document, string header)
    {
        var line = document.Split('\n').TakeWhile(line => line.StartsWith('#')).FirstOrDefault(line => line.StartsWith(header, StringComparison.Ordinal));
        return line?[header.Length..].Trim();
    }

    private static ImmutableSortedDictionary<string, string> Tags(string? json)
    {
        try
        {
            return JsonNode.Parse(json ?? "{}") is JsonObject tags
                ? tags.ToImmutableSortedDictionary(tag => tag.Key, tag => Intrinsics.Text(tag.Value) ?? "", StringComparer.Ordinal)
                : ImmutableSortedDictionary<string, string>.Empty;
        }
        catch (JsonException invalid)
        {
            throw new TemplateSyntaxException($"has tags that are no JSON: {invalid.Message}", 2, 1);
        }
    }
}
