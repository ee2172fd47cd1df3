using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MlDeploy.Core.Manifest.Yaml;

/// <summary>
/// One YAML 1.2 document → nodes with places, within <see cref="YamlLimits"/>. Scalars are kept as written: what a value is
/// (`on`, `1.10`, `2026-11-18`) is decided by the setting it stands at, so that no text turns into a number on the way.
/// Anchors and aliases are followed; merge keys (YAML 1.1), tags and several documents are refused.
/// </summary>
internal sealed class YamlTreeReader
{
    private readonly string file;
    private readonly bool onCommandLine;
    private readonly ProblemList problems;
    private readonly Parser parser;
    private readonly Dictionary<string, Node?> anchors = new(StringComparer.Ordinal);
    private int nodes;

    private YamlTreeReader(string file, bool onCommandLine, string text, ProblemList problems)
    {
        this.file = file;
        this.onCommandLine = onCommandLine;
        this.problems = problems;
        parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <returns>Null after a problem was reported, or for an empty document.</returns>
    public static Node? Read(string file, string text, ProblemList problems)
    {
        var reader = new YamlTreeReader(file, onCommandLine: false, text, problems);
        return reader.ReadGuarded(text);
    }

    /// <summary>Reads a value given on the command line: no place but its option.</summary>
    public static Node? ReadValue(string option, string text, ProblemList problems)
    {
        var reader = new YamlTreeReader(option, onCommandLine: true, text, problems);
        return reader.ReadGuarded(text);
    }

    private Node? ReadGuarded(string text)
    {
        try
        {
            return ReadDocument();
        }
        catch (UnreadableException unreadable)
        {
            problems.Add(unreadable.Mark, "", unreadable.Message, unreadable.Found, unreadable.Allowed, unreadable.Remedy);
        }
        catch (YamlException invalid)
        {
            YamlSyntaxProblem.Report(MarkOf(invalid.Start), YamlSyntaxProblem.Sentence(invalid), text, problems);
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            // The parser's scanner leaves some malformed input unnamed (an unclosed bracket over many lines, for one).
            YamlSyntaxProblem.Report(MarkOf(parser.Current?.Start ?? YamlDotNet.Core.Mark.Empty), "it cannot be read on from here", text, problems);
        }

        return null;
    }

    private Node? ReadDocument()
    {
        Next<StreamStart>();
        if (parser.MoveNext() && parser.Current is StreamEnd)
        {
            return null;
        }

        Expect<DocumentStart>();
        parser.MoveNext();
        var root = ReadNode(depth: 0);
        Expect<DocumentEnd>();
        parser.MoveNext();
        if (parser.Current is DocumentStart second)
        {
            throw new UnreadableException(MarkOf(second.Start), "holds more than one document", "a second `---`", "one document", "Keep one document per file; use `environments` for variants.");
        }

        return root;
    }

    /// <summary>Reads the node at the current event and moves past it.</summary>
    private Node ReadNode(int depth)
    {
        var start = MarkOf(parser.Current!.Start);
        if (depth > YamlLimits.Depth)
        {
            throw new UnreadableException(start, "is nested too deeply", $"more than {YamlLimits.Depth} levels", $"at most {YamlLimits.Depth} levels", "Check the brackets and the indentation here.");
        }

        if (parser.Current is AnchorAlias alias)
        {
            parser.MoveNext();
            return Follow(alias, start);
        }

        Count(1 + (parser.Current is Scalar { Value.Length: var length } ? length / 64 : 0), start);
        var anchor = parser.Current is NodeEvent node ? Checked(node, start) : AnchorName.Empty;
        if (!anchor.IsEmpty)
        {
            anchors[anchor.Value] = null;
        }

        Node read = parser.Current switch
        {
            Scalar scalar => ReadScalar(scalar, start),
            SequenceStart => ReadList(start, depth),
            MappingStart => ReadMap(start, depth),
            _ => throw new UnreadableException(start, "is not valid YAML here", parser.Current.GetType().Name, "a value", "Check the indentation and the brackets around this line."),
        };
        if (!anchor.IsEmpty)
        {
            anchors[anchor.Value] = read;
        }

        return read;
    }

    private ScalarNode ReadScalar(Scalar scalar, Mark start)
    {
        RefuseBrokenText(scalar.Value, start);
        parser.MoveNext();
        return new ScalarNode(start, scalar.Value, scalar.Style == ScalarStyle.Plain ? ScalarKind.Plain : ScalarKind.Quoted);
    }

    private ListNode ReadList(Mark start, int depth)
    {
        var items = ImmutableArray.CreateBuilder<Node>();
        parser.MoveNext();
        while (parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        parser.MoveNext();
        return new ListNode(start, items.ToImmutable());
    }

    private MapNode ReadMap(Mark start, int depth)
    {
        var entries = ImmutableArray.CreateBuilder<Entry>();
        var places = new Dictionary<string, Entry>(StringComparer.Ordinal);
        parser.MoveNext();
        while (parser.Current is not MappingEnd)
        {
            var (key, keyMark) = ReadKey();
            var value = ReadNode(depth + 1);
            var entry = new Entry(key, keyMark, value);
            if (places.TryAdd(key, entry))
            {
                entries.Add(entry);
            }
            else
            {
                problems.Add(keyMark, key, $"is set twice, first on line {places[key].KeyMark.Line}", $"`{ProblemList.Shorten(key)}`", "each key once", "Keep one of the two.");
            }
        }

        parser.MoveNext();
        return new MapNode(start, entries.ToImmutable());
    }

    private (string Key, Mark Mark) ReadKey()
    {
        var start = MarkOf(parser.Current!.Start);
        if (parser.Current is not Scalar scalar)
        {
            throw new UnreadableException(start, "has a key that is not text", parser.Current is AnchorAlias ? "an alias as key" : "a map or a list as key", "plain keys",
                "Quote a value that begins with {, [ or *, such as \"${NAME}\" inside { } or [ ].");
        }

        Checked(scalar, start);
        if (scalar is { Value: "<<", Style: ScalarStyle.Plain })
        {
            throw new UnreadableException(start, "uses a merge key, which YAML 1.2 no longer has", "`<<`", "plain keys and aliases", "Write the keys out, or put what differs under `environments`.");
        }

        Count(1, start);
        RefuseBrokenText(scalar.Value, start);
        parser.MoveNext();
        return (scalar.Value, start);
    }

    private Node Follow(AnchorAlias alias, Mark start)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var target))
        {
            throw new UnreadableException(start, "names an anchor that is not set above", $"`*{alias.Value}`", null, $"Set the anchor before this line with &{alias.Value}, or quote the value if the * is meant.");
        }

        if (target is null)
        {
            throw new UnreadableException(start, "contains itself", $"`*{alias.Value}` inside `&{alias.Value}`", "aliases of finished values", "Write the value out.");
        }

        Count(target.Size, start);
        return target;
    }

    private static AnchorName Checked(NodeEvent node, Mark start)
    {
        if (!node.Tag.IsEmpty)
        {
            throw new UnreadableException(start, "uses a tag", $"`{node.Tag.Value}`", "values without tags", "Remove the tag; quote the value if it is to be text.");
        }

        return node.Anchor;
    }

    /// <summary>An escape such as "\uD83D" can make half a character, which no UTF-8 output could hold.</summary>
    private static void RefuseBrokenText(string text, Mark at)
    {
        var rest = text.AsSpan();
        while (rest.IndexOfAnyInRange('\uD800', '\uDFFF') is var half and >= 0)
        {
            if (Rune.DecodeFromUtf16(rest[half..], out _, out var consumed) != OperationStatus.Done)
            {
                throw new UnreadableException(at, "contains half of a character", $"\\u{(int)rest[half]:X4} alone", "whole characters", "Write the character itself, or \\U and eight digits.");
            }

            rest = rest[(half + consumed)..];
        }
    }

    private void Count(int more, Mark at)
    {
        nodes += more;
        if (nodes > YamlLimits.Nodes)
        {
            throw new UnreadableException(at, "holds too many values", $"more than {YamlLimits.Nodes:N0} values, aliases counted as what they stand for",
                $"at most {YamlLimits.Nodes:N0} values", "Remove what the manifest does not need; refer to data by path.");
        }
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        parser.MoveNext();
        Expect<T>();
    }

    private void Expect<T>()
        where T : ParsingEvent
    {
        if (parser.Current is not T)
        {
            throw new UnreadableException(MarkOf(parser.Current?.Start ?? YamlDotNet.Core.Mark.Empty), "is not valid YAML here", parser.Current?.GetType().Name, null, "Check the indentation and the brackets around this line.");
        }
    }

    private Mark MarkOf(YamlDotNet.Core.Mark mark) => onCommandLine ? new Mark(file, 0, 0) : new Mark(file, (int)mark.Line, (int)mark.Column);

    /// <summary>Reading cannot go on: the rest of the document has no meaning.</summary>
    private sealed class UnreadableException(Mark mark, string message, string? found, string? allowed, string remedy) : Exception(message)
    {
        public Mark Mark { get; } = mark;
        public string? Found { get; } = found;
        public string? Allowed { get; } = allowed;
        public string Remedy { get; } = remedy;
    }
}
