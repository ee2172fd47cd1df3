namespace MlDeploy.Core.Manifest.Resolution;

/// <summary>
/// The name that was probably meant: smallest edit distance with neighbouring letters swapped counting once
/// (optimal string alignment; Damerau 1964), ignoring case, and only when near enough to be worth saying.
/// </summary>
public static class NearestName
{
    /// <summary>Anything is near to one or two letters.</summary>
    private const int ShortestName = 3;

    private const int LongestName = 64;

    /// <returns>Null when nothing is near: more than a third of the letters would have to change.</returns>
    public static string? Of(string found, IEnumerable<string> names)
    {
        if (found.Length is < ShortestName or > LongestName)
        {
            return null;
        }

        var best = (Name: (string?)null, Distance: int.MaxValue);
        foreach (var name in names)
        {
            if (name.Length is >= ShortestName and <= LongestName && Distance(found, name) is var distance && distance < best.Distance)
            {
                best = (name, distance);
            }
        }

        return best.Name is { } nearest && best.Distance <= Math.Max(1, Math.Max(found.Length, nearest.Length) / 3) ? nearest : null;
    }

    internal static int Distance(string left, string right)
    {
        var width = right.Length + 1;
        Span<int> beforePrevious = stackalloc int[width];
        Span<int> previous = stackalloc int[width];
        Span<int> current = stackalloc int[width];
        for (var j = 0; j < width; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j < width; j++)
            {
                var same = Same(left[i - 1], right[j - 1]);
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                }
            }

            var spare = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = spare;
        }

        return previous[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
