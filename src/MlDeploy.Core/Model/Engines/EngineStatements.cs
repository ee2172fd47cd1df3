using System.Text;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Engines;

/// <summary>
/// The statements whose answers make a window: one that counts (or more, for many columns), and one a feature that is compared. An engine that stores columns
/// reads each column once; only counts leave the engine, never a row.
/// </summary>
public sealed class EngineStatements(SqlDialect dialect, EngineQuery query)
{
    /// <summary>Columns that one statement counts; PostgreSQL takes 1,664 results.</summary>
    public const int MostCounted = 500;

    /// <summary>Names that come back: all of the reference's, and as many frequent ones beside.</summary>
    public const int MostNames = 2 * CategorySketch.Capacity + 1;

    /// <summary>Letters of a name that come back. Different names that begin so alike are taken for one.</summary>
    private const int MostLetters = 1000;

    public string Columns => dialect.Columns(query.Table);

    /// <summary>One row: the rows of the window, then of each feature those that are neither null nor empty.</summary>
    public string Counts(IEnumerable<FeatureReading> features) =>
        $"SELECT {string.Join(", ", features.Select(Present).Prepend("count(*)"))}\n{Source("")}";

    /// <summary>Rows of bin, count, least, greatest and spread. Bins −1, −2 and −3 are NaN, plus and minus infinity.</summary>
    public string Numbers(FeatureReading feature)
    {
        var (nan, positive, negative) = dialect.NotFinite("v");
        return $"""
            SELECT bin, count(*), min(v), max(v), {dialect.SpreadOf("v", "bin >= 0")}
            FROM (
              SELECT v, CASE WHEN {nan} THEN -1 WHEN {positive} THEN -2 WHEN {negative} THEN -3 ELSE {dialect.Bin("v", feature.Partition?.Uppers ?? [])} END AS bin
              FROM (
                SELECT {dialect.AsNumber(feature.Column)} AS v
                {Source("    ")}
              ) AS live
              WHERE v IS NOT NULL
            ) AS binned
            GROUP BY bin
            ORDER BY bin
            """;
    }

    /// <summary>Rows of name and count: the reference's names first, then the most frequent.</summary>
    public string Names(FeatureReading feature)
    {
        var known = feature.Reference?.Sketch.Names.Categories.Select(one => dialect.Text(one.Name)).ToList() ?? [];
        var first = known.Count == 0 ? "" : $"CASE WHEN name IN ({string.Join(", ", known)}) THEN 0 ELSE 1 END, ";
        return $"""
            SELECT {dialect.Start("name", MostLetters)}, count(*)
            FROM (
              SELECT {dialect.AsText(feature.Column)} AS name
              {Source("  ")}
            ) AS live
            WHERE name IS NOT NULL AND name <> ''
            GROUP BY name
            ORDER BY {first}count(*) DESC, name
            LIMIT {MostNames}
            """;
    }

    private string Present(FeatureReading feature) =>
        feature.Column.Type == ColumnType.Text ? $"count(NULLIF({dialect.AsText(feature.Column)}, ''))" : $"count({dialect.Quoted(feature.Column.Name)})";

    /// <param name="indent">Of its second line: the condition stays as the user wrote it, whose texts may hold lines.</param>
    private string Source(string indent)
    {
        var text = new StringBuilder("FROM ").AppendJoin('.', query.Table.Select(dialect.Quoted));
        var conditions = new List<string>();
        if (query.TimeColumn is { } time)
        {
            conditions.AddRange(query.From is { } from ? [$"{dialect.Quoted(time)} >= {dialect.Instant(from)}"] : []);
            conditions.AddRange(query.To is { } to ? [$"{dialect.Quoted(time)} < {dialect.Instant(to)}"] : []);
        }

        if (query.Where is { } where)
        {
            conditions.Add($"({where})");
        }

        return conditions.Count == 0 ? text.ToString() : text.Append($"\n{indent}WHERE ").AppendJoin(" AND ", conditions).ToString();
    }
}
