using System.Collections.Immutable;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Resolution;

/// <summary>
/// `--set path=value`, in order, over the document. The value is a scalar exactly as written, or flow YAML when it stands
/// in `[ ]`, `{ }` or quotes; `null` removes. That the path is a setting is found out by reading the result, like anything else.
/// </summary>
internal static class Overrides
{
    private const string Option = "--set";
    private static readonly Mark Place = new(Option, 0, 0);

    public static Node Apply(Node document, ImmutableArray<string> overrides, ProblemList problems)
    {
        foreach (var text in overrides)
        {
            if (Split(text) is not { } split || SettingPath.Parse(split.Path) is not { Length: <= YamlLimits.Depth } path)
            {
                problems.Add(Place, "", "is not path=value", $"`{ProblemList.Shorten(text.Split('=')[0])}`", "path=value, such as rollout.steps[0].weight=10%", "Write the setting's path, an equals sign and the value.");
            }
            else if (path[0].Key == Definition.AppDefinition.Environments)
            {
                problems.Add(Place, split.Path, "sets an overlay, but overrides come after overlays", null, null, "Set the setting itself: leave out the first two names.");
            }
            else if (Value(split.Value, problems) is { } value)
            {
                document = Set(document, path.AsSpan(), value, SettingPath.Root, problems) ?? document;
            }
        }

        return document;
    }

    /// <summary>At the first equals sign outside brackets: keys in brackets may hold one.</summary>
    private static (string Path, string Value)? Split(string text)
    {
        var quoted = '\0';
        for (var at = 0; at < text.Length; at++)
        {
            if (quoted != '\0')
            {
                quoted = text[at] == quoted ? '\0' : quoted;
            }
            else if (text[at] is '"' or '\'')
            {
                quoted = text[at];
            }
            else if (text[at] == '=')
            {
                return (text[..at], text[(at + 1)..]);
            }
        }

        return null;
    }

    private static Node? Value(string text, ProblemList problems)
    {
        if (text.Length > YamlLimits.Bytes)
        {
            problems.Add(Place, "", "is too large", $"{text.Length:N0} characters", $"at most {YamlLimits.Bytes:N0}", "Write it into the manifest.");
            return null;
        }

        return IsFlow(text) ? YamlTreeReader.ReadValue(Option, text, problems) : new ScalarNode(Place, text, ScalarKind.Plain);
    }

    /// <summary>By its first and last character: `[::1]:8080` is no list.</summary>
    private static bool IsFlow(string text) => text.Trim() is ['[', .., ']'] or ['{', .., '}'] or ['"', .., '"'] or ['\'', .., '\''];

    private static Node? Set(Node? node, ReadOnlySpan<PathSegment> path, Node value, SettingPath at, ProblemList problems)
    {
        if (path.IsEmpty)
        {
            return value;
        }

        return path[0].Key is { } key
            ? SetKey(node, key, path[1..], value, at.Key(key), problems)
            : SetItem(node, path[0].Index, path[1..], value, at, problems);
    }

    private static MapNode? SetKey(Node? node, string key, ReadOnlySpan<PathSegment> rest, Node value, SettingPath at, ProblemList problems)
    {
        if (node is not (null or MapNode))
        {
            problems.Add(Place, at.ToString(), $"cannot be set: there is {(node is ListNode ? "a list" : "one value")} where a map would hold it", null, null, "Check the path; an item of a list is named by its index, such as steps[0].");
            return null;
        }

        var map = node as MapNode ?? new MapNode(Place, []);
        if (rest.IsEmpty && Overlay.Removes(value))
        {
            return map.Without(key);
        }

        return Set(map.Find(key), rest, value, at, problems) is { } changed ? map.With(new Entry(key, Place, changed)) : null;
    }

    private static ListNode? SetItem(Node? node, int index, ReadOnlySpan<PathSegment> rest, Node value, SettingPath at, ProblemList problems)
    {
        var items = (node as ListNode)?.Items ?? [];
        if (node is not (null or ListNode) || index > items.Length)
        {
            problems.Add(Place, at.Item(index).ToString(), node is null or ListNode ? $"cannot be set: the list has {items.Length} items" : "cannot be set: there is no list",
                $"[{index}]", node is null or ListNode ? $"an index from 0 to {items.Length} (the last one appends)" : null, "Check the path.");
            return null;
        }

        var existing = index < items.Length ? items[index] : null;
        if (Set(existing, rest, value, at.Item(index), problems) is not { } changed)
        {
            return null;
        }

        return new ListNode(node?.Mark ?? Place, index < items.Length ? items.SetItem(index, changed) : items.Add(changed));
    }
}
