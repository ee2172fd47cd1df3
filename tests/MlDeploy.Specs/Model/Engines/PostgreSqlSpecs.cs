using System.Globalization;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.ToolShell;

namespace MlDeploy.Specs.Model.Engines;

public sealed class PostgreSqlSpecs : IClassFixture<PostgreSqlServer>, IDisposable
{
    private const string Table = "CREATE TABLE requests (at timestamptz, amount float8, few int, \"Country\" text, paid boolean, size numeric, typed text, customer text, extra jsonb, score real)";

    private readonly PostgreSqlServer server;
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-engine-").FullName;

    public PostgreSqlSpecs(PostgreSqlServer server)
    {
        this.server = server;
        server.IsNeeded();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_the_engine_counts_is_what_reading_the_same_rows_counts()
    {
        var live = Rows(3000, seed: 2, factor: 1.6);
        await Given("logs", live);
        await Profile();
        await File.WriteAllTextAsync(Path.Combine(folder, "live.csv"), live, TestContext.Current.CancellationToken);

        var (fromFile, fromEngine) = (await Run("drift", "--profile", "p.json", "live.csv", "-o", "json"), await Engine("-o", "json"));

        Assert.Equal((ExitCode.DriftBeyondLimit, ExitCode.DriftBeyondLimit), (fromFile.ExitCode, fromEngine.ExitCode));
        var (file, engine) = (Features(fromFile), Features(fromEngine));
        Assert.Equal(file.Keys.Order(), engine.Keys.Order());
        foreach (var (name, expected) in file)
        {
            var found = engine[name];
            foreach (var property in new[] { "distance", "chance", "missing", "unseen", "notFinite" })
            {
                Assert.True(Near(Number(expected, property), Number(found, property)), $"{name}.{property}: {Number(expected, property)} in the file, {Number(found, property)} in the engine");
            }

            Assert.Equal(expected.GetProperty("state").GetString(), found.GetProperty("state").GetString());
            Assert.Equal(expected.GetProperty("values").GetInt64(), found.GetProperty("values").GetInt64());
        }
    }

    [Theory]
    [InlineData("logs")]
    [InlineData("plain")]
    public async Task The_same_traffic_is_well_with_the_extension_and_without_it(string database)
    {
        await Given(database, Rows(2000, seed: 3));
        await Profile();

        var run = await EngineOn(database, "--measure", "wasserstein", "--max", "0.1");

        Assert.True(run.ExitCode == ExitCode.Done, run.Results + run.Messages);
        Assert.Contains("2,000 rows beside 4,000 of p.json", run.Results, StringComparison.Ordinal);
        Assert.Equal(database == "plain", run.Messages.Contains("no extension tdigest", StringComparison.Ordinal));
        Assert.DoesNotContain(PostgreSqlServer.Password, run.Results + run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_rows_of_the_window_and_of_the_condition_are_counted()
    {
        await Given("logs", Rows(1000, seed: 4));
        await Profile();

        // A row a minute from midnight on.
        var window = await Engine("--time-column", "at", "--from", "2026-11-21T02:00Z", "--to", "2026-11-21T04:00Z");
        Assert.Contains("120 rows beside", window.Results, StringComparison.Ordinal);
        var condition = await Engine("--time-column", "at", "--from", "2026-11-21T02:00:00Z", "--where", "\"Country\" = 'DE' or (\"Country\" = 'AT')");
        Assert.Matches("\n?[0-9]{3} rows beside", condition.Results);
        var none = await Engine("--where", "few > 99");
        Assert.Equal(ExitCode.Usage, none.ExitCode);
        Assert.Contains("requests has no row in this window", none.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_that_look_like_statements_are_names()
    {
        const string Odd = """x"); drop table requests; --""";
        const string Value = """O'Neil \' "; drop""";
        await server.SqlAsync("logs", "DROP SCHEMA IF EXISTS \"o.dd 's\" CASCADE", "CREATE SCHEMA \"o.dd 's\"", $"CREATE TABLE \"o.dd 's\".\"T;1\" (\"{Odd.Replace("\"", "\"\"", StringComparison.Ordinal)}\" text, n int)",
            $"INSERT INTO \"o.dd 's\".\"T;1\" SELECT '{Value.Replace("'", "''", StringComparison.Ordinal)}', i FROM generate_series(1, 200) i");
        var header = $"\"{Odd.Replace("\"", "\"\"", StringComparison.Ordinal)}\",n\n";
        var rows = string.Concat(Enumerable.Range(1, 200).Select(i => $"\"{Value.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{i}\n"));
        await File.WriteAllTextAsync(Path.Combine(folder, "odd.csv"), header + rows, TestContext.Current.CancellationToken);

        var run = await Run("drift", "--profile", "odd.csv", "--engine", "postgresql", "--table", "\"o.dd 's\".\"T;1\"", "-o", "json");

        Assert.True(run.ExitCode == ExitCode.Done, run.Messages);
        Assert.All(Features(run).Values, feature => Assert.Equal(0, Number(feature, "distance")!.Value, 6));
    }

    [Fact]
    public async Task A_condition_that_writes_is_refused_by_the_read_only_transaction()
    {
        await Given("logs", Rows(200, seed: 5));
        await Profile();
        await server.SqlAsync("logs", "CREATE TABLE IF NOT EXISTS harmed (x int)", "GRANT ALL ON harmed TO reader", "CREATE OR REPLACE FUNCTION harm() RETURNS boolean LANGUAGE sql VOLATILE AS 'INSERT INTO harmed VALUES (1) RETURNING true'");

        var run = await Engine("--where", "harm()");

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("read-only transaction", run.Messages, StringComparison.Ordinal);
        Assert.Equal(0, await server.CountAsync("logs", "harmed"));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_ended_by_the_server()
    {
        await Given("logs", Rows(50, seed: 6));
        await Profile();

        var run = await Engine("--where", "pg_sleep(20) is not null", "--timeout", "1s");

        Assert.Equal(ExitCode.TargetFailed, run.ExitCode);
        Assert.Contains("PostgreSQL took longer than 1 s", run.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_said_without_the_password()
    {
        await Given("logs", Rows(50, seed: 7));
        await Profile();
        var url = $"postgresql://reader:wrong-{PostgreSqlServer.Password}@127.0.0.1:{server.Port}/logs";

        await Says(ExitCode.TargetFailed, "does not let this user in", name => name == "DB" ? url : null, "--connection", "env:DB");
        await Says(ExitCode.Usage, "--connection holds a password", server.Variables, "--connection", url);
        await Says(ExitCode.Usage, "names the variable DB, which is not set", server.Variables, "--connection", "env:DB");
        await Says(ExitCode.TargetFailed, "cannot be asked", server.Variables, "--connection", "postgresql://reader@127.0.0.1:1/logs");
        await Says(ExitCode.Usage, "database \"nowhere\" does not exist", server.Variables, "--connection", $"postgresql://reader@127.0.0.1:{server.Port}/nowhere");
        await Says(ExitCode.Usage, "column \"cuontry\" does not exist", server.Variables, "--where", "cuontry = 'DE'");
        await Says(ExitCode.Usage, "has no column 'scoer'", server.Variables, "--prediction", "scoer");
        await Says(ExitCode.Usage, "has 'few' as number, not as a time", server.Variables, "--time-column", "few", "--from", "1h");
        Assert.Contains("there is no table nothing", (await Run("drift", "--profile", "p.json", "--engine", "postgresql", "--table", "nothing")).Messages, StringComparison.Ordinal);

        async Task Says(ExitCode exit, string message, Func<string, string?> variables, params string[] arguments)
        {
            var run = await ToolRun.Of(surroundings => surroundings with { WorkingDirectory = folder, Variable = variables }, ["drift", "--profile", "p.json", "--engine", "postgresql", "--table", "requests", .. arguments]);
            Assert.Contains(message, run.Messages, StringComparison.Ordinal);
            Assert.Equal(exit, run.ExitCode);
            Assert.DoesNotContain(PostgreSqlServer.Password, run.Results + run.Messages, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_column_that_is_gone_is_beyond()
    {
        await Given("logs", Rows(300, seed: 8));
        await Profile();
        await server.SqlAsync("logs", "ALTER TABLE requests DROP COLUMN paid", "ALTER TABLE requests ADD COLUMN added int");

        var features = Features(await Engine("-o", "json"));

        Assert.Equal("absent", features["paid"].GetProperty("state").GetString());
        Assert.Equal("new", features["added"].GetProperty("state").GetString());
    }

    private static bool Near(double? one, double? other) => one is null == other is null && Math.Abs((one ?? 0) - (other ?? 0)) < 1e-6;

    private static double? Number(JsonElement feature, string property) => feature.TryGetProperty(property, out var value) ? value.GetDouble() : null;

    private static Dictionary<string, JsonElement> Features(ToolRun run)
    {
        using var document = JsonDocument.Parse(run.Results);
        return document.RootElement.GetProperty("features").EnumerateArray().ToDictionary(feature => feature.GetProperty("name").GetString()!, feature => feature.Clone());
    }

    /// <summary>A row a minute: real, few-valued and odd numbers, numbers in text, names rare and frequent, missing and empty values.</summary>
    private static string Rows(int count, int seed, double factor = 1)
    {
        var random = new Random(seed);
        var text = new StringBuilder("at,amount,few,Country,paid,size,typed,customer,extra,score\n");
        string[] countries = ["DE", "DE", "AT", "CH", "O'Land", "F\\R"];
        for (var row = 0; row < count; row++)
        {
            var at = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero).AddMinutes(row);
            var amount = random.Next(200) switch { 0 => "NaN", 1 => "Infinity", 2 => "-Infinity", < 8 => "", _ => (factor * Math.Exp(3 * random.NextDouble())).ToString("R", CultureInfo.InvariantCulture) };
            var country = random.Next(50) == 0 ? "" : random.Next(100) == 0 ? $"Z{random.Next(5000)}" : countries[random.Next(countries.Length)];
            var size = random.Next(40) == 0 ? "" : (random.Next(100_000) / 100m).ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-ddTHH:mm:ssZ},{amount},{random.Next(5)},{country},{(random.Next(3) == 0 ? "true" : "false")},{size},{random.Next(1000)}.5,customer-{seed}-{row},{{}},{(float)random.NextDouble():R}\n");
        }

        return text.ToString();
    }

    private async Task Given(string database, string csv)
    {
        await server.SqlAsync(database, "DROP TABLE IF EXISTS requests", Table);
        await server.CopyAsync(database, "requests", csv);
    }

    private async Task Profile()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "test.csv"), Rows(4000, seed: 1), TestContext.Current.CancellationToken);
        var made = await Run("profile", "create", "test.csv", "--out", "p.json", "--prediction", "score", "--columns", "amount,few,Country,paid,size,typed,customer");
        Assert.True(made.ExitCode == ExitCode.Done, made.Messages);
    }

    private Task<ToolRun> Engine(params string[] arguments) => EngineOn("logs", arguments);

    private Task<ToolRun> EngineOn(string database, params string[] arguments) => ToolRun.Of(
        surroundings => surroundings with { WorkingDirectory = folder, Variable = name => name == "PGDATABASE" ? database : server.Variables(name) },
        ["drift", "--profile", "p.json", "--engine", "postgresql", "--table", "requests", .. arguments]);

    private Task<ToolRun> Run(params string[] arguments) => ToolRun.Of(surroundings => surroundings with { WorkingDirectory = folder, Variable = server.Variables }, arguments);
}
