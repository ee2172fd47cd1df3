using System.Collections.Immutable;
using System.Globalization;

namespace MlDeploy.Core.Model.Engines;

/// <summary>Amazon Athena, engine version 3, which is Trino. Its SQL follows Trino's documentation and has not been run on Athena; docs/drift.md says what that leaves open.</summary>
public sealed class AthenaDialect : SqlDialect
{
    public override string Name => "athena";

    /// <summary>Athena keeps names in small letters.</summary>
    public override string Columns(ImmutableArray<string> table)
    {
        var catalog = table.Length == 3 ? $"{Quoted(table[0])}." : "";
        var schema = table.Length > 1 ? Text(Folded(table[^2])) : "current_schema";
        return $"SELECT column_name, data_type FROM {catalog}information_schema.columns WHERE table_schema = {schema} AND table_name = {Text(Folded(table[^1]))} ORDER BY ordinal_position";
    }

    public override ColumnType TypeOf(string type) => type.ToLowerInvariant() switch
    {
        "tinyint" or "smallint" or "integer" or "bigint" or "real" or "double" => ColumnType.Number,
        "boolean" => ColumnType.Boolean,
        "uuid" => ColumnType.Text,
        var other when other.StartsWith("decimal", StringComparison.Ordinal) => ColumnType.Number,
        var other when other.StartsWith("varchar", StringComparison.Ordinal) || other.StartsWith("char", StringComparison.Ordinal) => ColumnType.Text,
        var other when other.StartsWith("date", StringComparison.Ordinal) || other.StartsWith("time", StringComparison.Ordinal) => ColumnType.Time,
        _ => ColumnType.Composite,
    };

    public override string Instant(DateTimeOffset at) => $"timestamp '{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)} UTC'";

    public override string AsNumber(EngineColumn column) => column.Type == ColumnType.Text
        ? $"try_cast(trim({AsText(column)}) AS double)"
        : $"CAST({Quoted(column.Name)} AS double)";

    public override string AsText(EngineColumn column) => $"CAST({Quoted(column.Name)} AS varchar)";

    /// <summary>width_bucket over an array counts bounds at or below the number, so each stands one double above its edge.</summary>
    public override string Bin(string number, ImmutableArray<double> edges) =>
        edges.IsEmpty ? "0" : $"width_bucket({number}, ARRAY[{string.Join(", ", edges.Select(edge => Double(Math.BitIncrement(edge))))}])";

    public override (string NaN, string PositiveInfinite, string NegativeInfinite) NotFinite(string number) =>
        ($"is_nan({number})", $"{number} = infinity()", $"{number} = -infinity()");

    public override string SpreadOf(string number, string where) =>
        $"json_format(CAST(values_at_quantiles(tdigest_agg({number}) FILTER (WHERE {where}), ARRAY[{string.Join(", ", Middles.Select(Double))}]) AS JSON))";

    private static string Folded(string name) => name.ToLowerInvariant();

    /// <summary>With an exponent: without one Trino reads a decimal, of at most 38 digits.</summary>
    private static string Double(double number) => number.ToString("E16", CultureInfo.InvariantCulture);
}
