namespace MlDeploy.Tool.Output;

/// <summary>What a misspelt name was probably meant to be.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the names, when it is near enough to be worth saying: at most a third of its letters differ. Never a single letter, which anything is near to.</summary>
    public static string? Of(string written, IEnumerable<string> names) =>
        names.Where(name => name.Length > 2)
            .Select(name => (name, distance: Distance(written, name)))
            .Where(entry => entry.distance <= Math.Max(1, Math.Min(written.Length, entry.name.Length) / 3))
            .OrderBy(entry => entry.distance)
            .ThenBy(entry => entry.name, StringComparer.Ordinal)
            .Select(entry => entry.name)
            .FirstOrDefault();

    /// <summary>Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours (Damerau 1964).</summary>
    private static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= right.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var same = left[i - 1] == right[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }
}
