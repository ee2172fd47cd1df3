using System.Collections.Immutable;
using System.Globalization;

namespace MlDeploy.Core.Model.Engines;

/// <summary>PostgreSQL, with its extension `tdigest` where the server has it; otherwise quantiles are taken from sorted numbers, exactly and slower.</summary>
/// <param name="digestSchema">The schema that the extension is in; null: it is not there.</param>
public sealed class PostgreSqlDialect(string? digestSchema) : SqlDialect
{
    /// <summary>Of the extension's digest of one bin: there are some twenty bins.</summary>
    private const int Compression = 50;

    /// <summary>What float8 accepts and does not refuse as too large: a bounded number of digits and of the exponent's.</summary>
    private const string NumberPattern = """'^\s*[+-]?([0-9]{1,200}(\.[0-9]{0,200})?|\.[0-9]{1,200})(e[+-]?[0-9]{1,2})?\s*$|^\s*([+-]?(inf|infinity)|nan)\s*$'""";

    public static string DigestSchema => "SELECT n.nspname FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'tdigest'";

    public override string Name => "postgresql";

    public override string Columns(ImmutableArray<string> table) =>
        $"""
        SELECT a.attname::text, CASE WHEN t.typname IN ('uuid', 'citext') THEN 'S' ELSE t.typcategory::text END
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = pg_catalog.to_regclass({Text(string.Join('.', table.Select(Quoted)))}) AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY a.attnum
        """;

    public override ColumnType TypeOf(string type) => type switch
    {
        "N" => ColumnType.Number,
        "B" => ColumnType.Boolean,
        "S" or "E" => ColumnType.Text,
        "D" => ColumnType.Time,
        _ => ColumnType.Composite,
    };

    /// <summary>A literal without a prefix: standard_conforming_strings is on since PostgreSQL 9.1, and the session sets it.</summary>
    public override string Instant(DateTimeOffset at) => $"timestamptz '{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'";

    public override string AsNumber(EngineColumn column) => column.Type switch
    {
        ColumnType.Boolean => $"{Quoted(column.Name)}::int::float8",
        ColumnType.Text => $"CASE WHEN {Quoted(column.Name)}::text ~* {NumberPattern} THEN {Quoted(column.Name)}::text::float8 END",
        _ => $"{Quoted(column.Name)}::float8",
    };

    public override string AsText(EngineColumn column) => $"{Quoted(column.Name)}::text";

    /// <summary>width_bucket counts thresholds at or below the number, so each stands one double above its edge.</summary>
    public override string Bin(string number, ImmutableArray<double> edges) =>
        edges.IsEmpty ? "0" : $"width_bucket({number}, ARRAY[{string.Join(", ", edges.Select(edge => Real(Math.BitIncrement(edge))))}]::float8[])";

    public override (string NaN, string PositiveInfinite, string NegativeInfinite) NotFinite(string number) =>
        ($"{number} = 'NaN'::float8", $"{number} = 'Infinity'::float8", $"{number} = '-Infinity'::float8");

    public override string SpreadOf(string number, string where) => digestSchema is { } schema
        ? $"({Quoted(schema)}.tdigest({number}, {Compression}) FILTER (WHERE {where}))::text"
        : $"(percentile_disc(ARRAY[{MiddleList}]::float8[]) WITHIN GROUP (ORDER BY {number}) FILTER (WHERE {where}))::text";

    /// <summary>`flags 1 count 9 compression 50 centroids 2 (1.5, 4) (3, 5)`: means with their counts where flag 1 is set, sums before version 1.2 of the extension.</summary>
    public override IEnumerable<(double Mean, double Weight)> Spread(string text, long count)
    {
        if (digestSchema is null)
        {
            return base.Spread(text, count);
        }

        var words = text.Split([' ', '(', ')', ','], StringSplitOptions.RemoveEmptyEntries);
        if (words is not ["flags", var flags, "count", _, "compression", _, "centroids", ..] || words.Length % 2 != 0)
        {
            throw new FormatException($"the extension's digest begins with '{text[..Math.Min(text.Length, 40)]}'");
        }

        var numbers = words[8..].Select(word => double.Parse(word, CultureInfo.InvariantCulture)).Chunk(2);
        return flags == "1" ? numbers.Select(pair => (pair[0], pair[1])) : numbers.Select(pair => (pair[0] / pair[1], pair[1]));
    }
}
