using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace MlDeploy.Core.Probing;

/// <summary>The plain subset of JSONPath (RFC 9535) that names one place: `$`, `.name`, `['name']`, `[0]`.</summary>
public static class JsonPath
{
    /// <summary>What is JSONPath of another kind, or needs quotes.</summary>
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("*]'\"?@(), ");

    /// <summary>Null when there is nothing at that place, or the path is not of the plain form.</summary>
    public static JsonElement? Find(JsonElement root, string path)
    {
        if (Segments(path) is not { } segments)
        {
            return null;
        }

        var current = root;
        foreach (var segment in segments)
        {
            switch (segment)
            {
                case string name when current.ValueKind == JsonValueKind.Object && current.TryGetProperty(name, out var member):
                    current = member;
                    break;
                case int index when current.ValueKind == JsonValueKind.Array && index < current.GetArrayLength():
                    current = current[index];
                    break;
                default:
                    return null;
            }
        }

        return current;
    }

    /// <summary>Names as strings and indices as integers; null when the path is malformed.</summary>
    private static List<object>? Segments(string path)
    {
        if (path is not ['$', ..])
        {
            return null;
        }

        var segments = new List<object>();
        var position = 1;
        while (position < path.Length)
        {
            var (segment, next) = path[position] == '.' ? Member(path, position + 1) : path[position] == '[' ? Bracket(path, position + 1) : (null, 0);
            if (segment is null)
            {
                return null;
            }

            segments.Add(segment);
            position = next;
        }

        return segments;
    }

    private static (object? Segment, int Next) Member(string path, int start)
    {
        var end = path.AsSpan(start).IndexOfAny('.', '[');
        end = end < 0 ? path.Length : start + end;
        return end == start || path.AsSpan(start, end - start).ContainsAny(NotInNames) ? (null, 0) : (path[start..end], end);
    }

    private static (object? Segment, int Next) Bracket(string path, int start)
    {
        if (start < path.Length && path[start] is '\'' or '"')
        {
            var close = path.IndexOf($"{path[start]}]", start + 1, StringComparison.Ordinal);
            return close < 0 ? (null, 0) : (path[(start + 1)..close], close + 2);
        }

        var end = path.IndexOf(']', start);
        return end > start && int.TryParse(path.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? (index, end + 1)
            : (null, 0);
    }
}
