using System.Collections.Immutable;
using MlDeploy.Core.Errors;

namespace MlDeploy.Core.Model.Engines;

/// <summary>The rows of a table that make a window of live data.</summary>
/// <param name="Table">Its name's parts, the outermost first: a schema and a table.</param>
/// <param name="Where">A condition in the engine's own SQL, as <see cref="WhereClause"/> has checked it; null: every row.</param>
/// <param name="TimeColumn">The column that <paramref name="From"/> and <paramref name="To"/> are about; it is no feature.</param>
/// <param name="From">Rows at or after it.</param>
/// <param name="To">Rows before it.</param>
/// <param name="Prediction">The column that holds what the model answered; null: the reference's, where the table has it.</param>
public sealed record EngineQuery(ImmutableArray<string> Table, string? Where = null, string? TimeColumn = null, DateTimeOffset? From = null, DateTimeOffset? To = null, string? Prediction = null)
{
    private const int MostParts = 3;

    public string TableName => string.Join('.', Table);

    /// <summary>`table`, `schema.table`, `catalog.schema.table`; a part that has a dot or capitals of its own stands in double quotes.</summary>
    /// <exception cref="ExpectedException">It is no name.</exception>
    public static ImmutableArray<string> Parts(string name)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        for (var at = 0; at <= name.Length;)
        {
            var quoted = at < name.Length && name[at] == '"';
            var end = name.IndexOf(quoted ? '"' : '.', at + (quoted ? 1 : 0));
            var (part, next) = quoted
                ? (end < 0 ? "" : name[(at + 1)..end], end < 0 ? -1 : end + 1)
                : (name[at..(end < 0 ? name.Length : end)], end < 0 ? name.Length : end);
            if (part.Length == 0 || part.Any(char.IsControl) || (!quoted && part.Any(letter => letter is '"' or ' ' or ';' or '\'' or '(')) || (next < name.Length && name[next] != '.'))
            {
                throw NoTable(name);
            }

            parts.Add(part);
            at = next + 1;
        }

        return parts.Count <= MostParts ? parts.ToImmutable() : throw NoTable(name);
    }

    private static ExpectedException NoTable(string name) =>
        new(ExitCode.Usage, $"--table: '{name}' is no table's name", "write table, schema.table or catalog.schema.table; a part with a dot or a space in it stands in double quotes");
}
