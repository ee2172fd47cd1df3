using System.Collections.Immutable;
using System.Globalization;

namespace MlDeploy.Core.Model.Engines;

/// <summary>
/// What one engine's SQL calls things. Every answer is a scalar, so that rows come back as text whatever carries them; identifiers are quoted and texts
/// escaped here and nowhere else.
/// </summary>
public abstract class SqlDialect
{
    /// <summary>Where a bin's numbers are cut into ten parts of equal weight, each part told by its middle.</summary>
    protected static readonly ImmutableArray<double> Middles = [0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95];

    protected static string MiddleList => string.Join(", ", Middles.Select(Real));

    /// <summary>As a user names it.</summary>
    public abstract string Name { get; }

    /// <summary>A statement whose rows are a column's name and its type, in the table's order; none where there is no such table.</summary>
    public abstract string Columns(ImmutableArray<string> table);

    /// <param name="type">As <see cref="Columns"/> gives it.</param>
    public abstract ColumnType TypeOf(string type);

    public virtual string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public virtual string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>An instant, comparable with a column of times.</summary>
    public abstract string Instant(DateTimeOffset at);

    /// <summary>A column's value as a double; null where it is none.</summary>
    public abstract string AsNumber(EngineColumn column);

    /// <summary>A column's value as text.</summary>
    public abstract string AsText(EngineColumn column);

    /// <summary>The first letters of a text: names come back whole only up to there.</summary>
    public virtual string Start(string text, int letters) => $"substr({text}, 1, {letters})";

    /// <summary>Index of the first edge that is not below <paramref name="number"/>; the edges' number when all are. Only for finite numbers.</summary>
    public abstract string Bin(string number, ImmutableArray<double> edges);

    /// <summary>True for NaN, for plus and for minus infinity.</summary>
    public abstract (string NaN, string PositiveInfinite, string NegativeInfinite) NotFinite(string number);

    /// <summary>An aggregate that tells as text how finite numbers are spread, see <see cref="Spread"/>.</summary>
    public abstract string SpreadOf(string number, string where);

    /// <summary>Centroids of so many numbers from what <see cref="SpreadOf"/> gave: here, the middles of parts of equal weight.</summary>
    /// <exception cref="FormatException">It is not such a text.</exception>
    public virtual IEnumerable<(double Mean, double Weight)> Spread(string text, long count)
    {
        var numbers = text.Trim('{', '}', '[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return numbers.Select(number => (double.Parse(number, CultureInfo.InvariantCulture), (double)count / numbers.Length));
    }

    protected static string Real(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
