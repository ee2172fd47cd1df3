using System.Collections.Immutable;
using System.Globalization;

namespace MlDeploy.Core.Manifest.Resolution;

/// <summary>
/// A place in the document, written `rollout.steps[0].weight`; a key that is not a plain name stands in brackets
/// and quotes: `expect.json["$.probability"]`. Kept as a chain, so that reading a value costs no string.
/// </summary>
internal sealed class SettingPath
{
    private readonly SettingPath? parent;
    private readonly string? key;
    private readonly int index;

    private SettingPath(SettingPath? parent, string? key, int index)
    {
        this.parent = parent;
        this.key = key;
        this.index = index;
    }

    public static SettingPath Root { get; } = new(null, null, -1);

    public SettingPath Key(string name) => new(this, name, -1);

    public SettingPath Item(int at) => new(this, null, at);

    public override string ToString()
    {
        if (parent is null)
        {
            return "";
        }

        var before = parent.ToString();
        return key is null ? $"{before}[{index.ToString(CultureInfo.InvariantCulture)}]"
            : !IsPlain(key) ? $"{before}[\"{ProblemList.Shorten(key)}\"]"
            : before.Length == 0 ? key
            : $"{before}.{key}";
    }

    /// <summary>True when one of the two lies in the other, or they are the same: `a.b` and `a`, not `a` and `ab`.</summary>
    public static bool Overlap(string left, string right)
    {
        var (inner, outer) = left.Length >= right.Length ? (left, right) : (right, left);
        return outer.Length == 0
            || (inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] is '.' or '['));
    }

    /// <returns>Null when the text is no path.</returns>
    public static ImmutableArray<PathSegment>? Parse(string text)
    {
        var segments = ImmutableArray.CreateBuilder<PathSegment>();
        var at = 0;
        while (at < text.Length)
        {
            var segment = text[at] == '[' ? Bracketed(text, ref at) : Name(text, ref at, first: segments.Count == 0);
            if (segment is null)
            {
                return null;
            }

            segments.Add(segment);
        }

        return segments.Count == 0 ? null : segments.ToImmutable();
    }

    private static PathSegment? Name(string text, ref int at, bool first)
    {
        if (!first)
        {
            if (text[at] != '.')
            {
                return null;
            }

            at++;
        }

        var end = text.AsSpan(at).IndexOfAny('.', '[', '=') is var next and >= 0 ? at + next : text.Length;
        var name = text[at..end];
        at = end;
        return name.Length == 0 ? null : new PathSegment(name, -1);
    }

    private static PathSegment? Bracketed(string text, ref int at)
    {
        if (at + 1 < text.Length && text[at + 1] is '"' or '\'')
        {
            var close = text.IndexOf($"{text[at + 1]}]", at + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                return null;
            }

            var key = text[(at + 2)..close];
            at = close + 2;
            return new PathSegment(key, -1);
        }

        var end = text.IndexOf(']', at);
        if (end < 0 || !int.TryParse(text.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return null;
        }

        at = end + 1;
        return new PathSegment(null, index);
    }

    private static bool IsPlain(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}

/// <summary>A key, or a list index when <see cref="Key"/> is null.</summary>
internal sealed record PathSegment(string? Key, int Index);
