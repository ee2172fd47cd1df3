using System.Globalization;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Engines;
using MlDeploy.Specs.ToolShell;

namespace MlDeploy.Specs.Model.Engines;

public sealed class SqlSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-sql-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("postgresql")]
    [InlineData("athena")]
    [InlineData("clickhouse")]
    public async Task The_statements_of_an_engine_are_its_golden(string engine)
    {
        await Data();
        var run = await Run("--engine", engine, "--table", "lake.logs.requests", "--time-column", "at", "--from", "2026-11-20T08:00Z", "--to", "2026-11-21T08:00Z", "--where", "version = '1.4'", "--show-sql");

        Assert.True(run.ExitCode == ExitCode.Done, run.Messages);
        Golden.Match($"tests/MlDeploy.Specs/Model/Engines/{engine}.sql.golden", run.Results);
    }

    [Fact]
    public async Task Statements_are_a_document_too()
    {
        await Data();
        var run = await Run("--engine", "clickhouse", "--table", "t", "--show-sql", "-o", "json");

        using var document = JsonDocument.Parse(run.Results);
        Assert.Equal("mldeploy/drift-sql/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(5, document.RootElement.GetProperty("statements").GetArrayLength());
    }

    [Theory]
    [InlineData("--table is about an engine", "--table", "t")]
    [InlineData("--engine wants --table", "--engine", "athena")]
    [InlineData("--engine and files are two windows", "--engine", "athena", "--table", "t", "data.csv")]
    [InlineData("--from and --to want --time-column", "--engine", "athena", "--table", "t", "--from", "1h")]
    [InlineData("is not before --to", "--engine", "athena", "--table", "t", "--time-column", "at", "--from", "1h", "--to", "2h")]
    [InlineData("'yesterday' is no time", "--engine", "athena", "--table", "t", "--time-column", "at", "--from", "yesterday")]
    [InlineData("'soon' is no duration", "--engine", "athena", "--table", "t", "--timeout", "soon")]
    [InlineData("is one of postgresql, athena, clickhouse, not 'mysql'", "--engine", "mysql", "--table", "t")]
    [InlineData("is no table's name", "--engine", "athena", "--table", "t; drop table u")]
    [InlineData("nothing says where PostgreSQL is", "--engine", "postgresql", "--table", "t")]
    [InlineData("nothing says where ClickHouse is", "--engine", "clickhouse", "--table", "t")]
    public async Task Options_that_do_not_fit_together_say_so_and_end_with_3(string message, params string[] arguments)
    {
        await Data();
        var run = await Run(arguments);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("country = 'DE'")]
    [InlineData("(a or b) and c in ('x;y', 'it''s (fine) -- here')")]
    [InlineData("\"odd;name\" > 1 and a - b > 0 and a/b < 2")]
    public void One_condition_is_taken(string condition) => WhereClause.Check(condition);

    [Theory]
    [InlineData("1=1) or (1=1", "closes a parenthesis")]
    [InlineData("a = 1; drop table t", "has a semicolon")]
    [InlineData("a = 1 -- and", "has a comment")]
    [InlineData("a = 1 /* and", "has a comment")]
    [InlineData("a = 'x", "leaves the quote open")]
    [InlineData("(a = 1", "leaves a parenthesis open")]
    [InlineData("a = '\\' or 1=1) --'", "backslash before a quote")]
    [InlineData("a = $$x$$", "has $$")]
    [InlineData("  ", "is empty")]
    public void What_could_end_the_condition_is_refused(string condition, string message) =>
        Assert.Contains(message, Assert.Throws<ExpectedException>(() => WhereClause.Check(condition)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("t", "t")]
    [InlineData("s.t", "s", "t")]
    [InlineData("\"a.b\".\"c d\"", "a.b", "c d")]
    [InlineData("c.s.t", "c", "s", "t")]
    public void A_table_has_up_to_three_parts(string name, params string[] parts) => Assert.Equal(parts, EngineQuery.Parts(name));

    [Theory]
    [InlineData("")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("\"a")]
    [InlineData("\"a\"b")]
    [InlineData("a.b.c.d")]
    [InlineData("a b")]
    public void What_is_no_table_is_refused(string name) => Assert.Throws<ExpectedException>(() => EngineQuery.Parts(name));

    [Fact]
    public void Identifiers_and_texts_cannot_leave_their_quotes()
    {
        Assert.Equal("\"a\"\"b\"", new PostgreSqlDialect("public").Quoted("a\"b"));
        Assert.Equal("'it''s \\'", new AthenaDialect().Text("it's \\"));
        Assert.Equal("`a\\`b\\\\`", new ClickHouseDialect().Quoted("a`b\\"));
        Assert.Equal("'it\\'s \\\\'", new ClickHouseDialect().Text("it's \\"));
    }

    [Theory]
    [InlineData("UInt64", ColumnType.Number)]
    [InlineData("LowCardinality(Nullable(String))", ColumnType.Text)]
    [InlineData("Nullable(Decimal(18, 2))", ColumnType.Number)]
    [InlineData("DateTime64(3, 'UTC')", ColumnType.Time)]
    [InlineData("Array(Float64)", ColumnType.Composite)]
    [InlineData("Bool", ColumnType.Boolean)]
    [InlineData("IntervalDay", ColumnType.Composite)]
    public void Types_of_ClickHouse_are_told_apart(string type, ColumnType expected) => Assert.Equal(expected, new ClickHouseDialect().TypeOf(type));

    [Theory]
    [InlineData("bigint", ColumnType.Number)]
    [InlineData("decimal(10,2)", ColumnType.Number)]
    [InlineData("varchar(20)", ColumnType.Text)]
    [InlineData("timestamp(3) with time zone", ColumnType.Time)]
    [InlineData("row(a integer)", ColumnType.Composite)]
    public void Types_of_Athena_are_told_apart(string type, ColumnType expected) => Assert.Equal(expected, new AthenaDialect().TypeOf(type));

    private async Task Data()
    {
        var rows = Enumerable.Range(0, 400).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row * 1.5},{(row % 3 == 0 ? "it's" : "b\\c")},{(row % 2 == 0 ? "true" : "false")},note number {row}\n"));
        await File.WriteAllTextAsync(Path.Combine(folder, "data.csv"), "amount,Kind,paid,note\n" + string.Concat(rows), TestContext.Current.CancellationToken);
    }

    private Task<ToolRun> Run(params string[] arguments) => ToolRun.Of(surroundings => surroundings with { WorkingDirectory = folder }, ["drift", "--profile", "data.csv", .. arguments]);
}
