using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest.Yaml;

/// <summary>Where a value was written.</summary>
/// <param name="File">The file, or `--set` when it came from the command line.</param>
/// <param name="Line">1-based; 0 when it came from the command line.</param>
internal readonly record struct Mark(string File, int Line, int Column);

/// <summary>A value of the document, with its place. Immutable, so that an alias may share it.</summary>
internal abstract class Node(Mark mark)
{
    public Mark Mark { get; } = mark;

    /// <summary>
    /// Nodes in this value, itself included, aliases counted as often as they stand, and long texts as several:
    /// what a bomb multiplies.
    /// </summary>
    public abstract int Size { get; }
}

internal enum ScalarKind
{
    /// <summary>Without quotes: may be a number, a boolean or nothing at all.</summary>
    Plain,

    /// <summary>Quoted or a block scalar: always text.</summary>
    Quoted,

    /// <summary>Nothing but one `${NAME}`: may be a number or a boolean even when quoted, since flow maps need the quotes; never nothing.</summary>
    Filled,

    /// <summary>Asks for a variable that is not set, in an environment that was not selected: its value is unknown.</summary>
    Unknown,
}

/// <param name="shown">What a problem may echo: the text as written, so that no value of a variable reaches a log.</param>
internal sealed class ScalarNode(Mark mark, string text, ScalarKind kind, string? shown = null) : Node(mark)
{
    public string Text { get; } = text;
    public ScalarKind Kind { get; } = kind;
    public string Shown { get; } = shown ?? text;
    public override int Size => 1 + (Text.Length / 64);

    /// <summary>Nothing stands there: `key:`, `~` or `null` (YAML 1.2 core).</summary>
    public bool IsNull => Kind == ScalarKind.Plain && (Text is "" or "~" or "null");
}

internal sealed class ListNode(Mark mark, ImmutableArray<Node> items) : Node(mark)
{
    public ImmutableArray<Node> Items { get; } = items;
    public override int Size { get; } = 1 + items.Sum(item => item.Size);
}

/// <summary>A class on purpose: generic code over it is compiled ahead of time, over a struct it would be compiled at every start.</summary>
internal sealed record Entry(string Key, Mark KeyMark, Node Value);

/// <summary>Keys are unique and in the order of writing.</summary>
internal sealed class MapNode(Mark mark, ImmutableArray<Entry> entries) : Node(mark)
{
    private Dictionary<string, int>? index;

    public ImmutableArray<Entry> Entries { get; } = entries;
    public override int Size { get; } = 1 + entries.Sum(entry => entry.Value.Size);

    public Node? Find(string key) => IndexOf(key) is var at and >= 0 ? Entries[at].Value : null;

    public Entry? FindEntry(string key) => IndexOf(key) is var at and >= 0 ? Entries[at] : null;

    /// <summary>The same map with one entry replaced in place, or appended.</summary>
    public MapNode With(Entry entry) =>
        new(Mark, IndexOf(entry.Key) is var at and >= 0 ? Entries.SetItem(at, entry) : Entries.Add(entry));

    public MapNode Without(string key) => new(Mark, Entries.RemoveAll(entry => string.Equals(entry.Key, key, StringComparison.Ordinal)));

    private int IndexOf(string key)
    {
        index ??= IndexEntries();
        return index.GetValueOrDefault(key, -1);
    }

    private Dictionary<string, int> IndexEntries()
    {
        var positions = new Dictionary<string, int>(Entries.Length, StringComparer.Ordinal);
        for (var at = 0; at < Entries.Length; at++)
        {
            positions[Entries[at].Key] = at;
        }

        return positions;
    }
}
