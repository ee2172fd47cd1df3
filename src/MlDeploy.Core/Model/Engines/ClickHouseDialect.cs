using System.Collections.Immutable;
using System.Globalization;

namespace MlDeploy.Core.Model.Engines;

/// <summary>ClickHouse. Its SQL follows the documentation of version 24 and has not been run on a server; docs/drift.md says what that leaves open.</summary>
public sealed class ClickHouseDialect : SqlDialect
{
    public override string Name => "clickhouse";

    public override string Columns(ImmutableArray<string> table) =>
        $"SELECT name, type FROM system.columns WHERE database = {(table.Length > 1 ? Text(table[^2]) : "currentDatabase()")} AND table = {Text(table[^1])} ORDER BY position";

    public override ColumnType TypeOf(string type)
    {
        foreach (var wrapper in new[] { "LowCardinality(", "Nullable(" })
        {
            type = type.StartsWith(wrapper, StringComparison.Ordinal) ? type[wrapper.Length..^1] : type;
        }

        return type switch
        {
            "Bool" => ColumnType.Boolean,
            "String" or "UUID" => ColumnType.Text,
            _ when type.StartsWith("FixedString", StringComparison.Ordinal) || type.StartsWith("Enum", StringComparison.Ordinal) => ColumnType.Text,
            _ when type.StartsWith("Date", StringComparison.Ordinal) => ColumnType.Time,
            _ when type.StartsWith("Int", StringComparison.Ordinal) && !type.StartsWith("Interval", StringComparison.Ordinal) => ColumnType.Number,
            _ when type.StartsWith("UInt", StringComparison.Ordinal) || type.StartsWith("Float", StringComparison.Ordinal) || type.StartsWith("Decimal", StringComparison.Ordinal) => ColumnType.Number,
            _ => ColumnType.Composite,
        };
    }

    /// <summary>A backslash escapes in ClickHouse, in identifiers too.</summary>
    public override string Quoted(string identifier) => $"`{Escaped(identifier, '`')}`";

    public override string Text(string text) => $"'{Escaped(text, '\'')}'";

    public override string Instant(DateTimeOffset at) => $"toDateTime64('{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}', 6, 'UTC')";

    public override string AsNumber(EngineColumn column) => column.Type == ColumnType.Text
        ? $"toFloat64OrNull(trimBoth({AsText(column)}))"
        : $"toFloat64({Quoted(column.Name)})";

    public override string AsText(EngineColumn column) => $"toString({Quoted(column.Name)})";

    public override string Start(string text, int letters) => $"substringUTF8({text}, 1, {letters})";

    public override string Bin(string number, ImmutableArray<double> edges) =>
        edges.IsEmpty ? "0" : $"toInt64(arrayCount(edge -> edge < {number}, [{string.Join(", ", edges.Select(edge => edge.ToString("E16", CultureInfo.InvariantCulture)))}]))";

    public override (string NaN, string PositiveInfinite, string NegativeInfinite) NotFinite(string number) =>
        ($"isNaN({number})", $"{number} = inf", $"{number} = -inf");

    /// <summary>Its digest answers in single precision.</summary>
    public override string SpreadOf(string number, string where) => $"toString(quantilesTDigestIf({MiddleList})({number}, {where}))";

    private static string Escaped(string text, char quote) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace($"{quote}", $"\\{quote}", StringComparison.Ordinal);
}
