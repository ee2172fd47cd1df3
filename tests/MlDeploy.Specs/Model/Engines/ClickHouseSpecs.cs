using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.ToolShell;

namespace MlDeploy.Specs.Model.Engines;

/// <summary>
/// What goes over the wire and what is made of answers, against a stand-in that speaks ClickHouse's HTTP interface as its documentation has it.
/// No server has parsed the SQL: docs/drift.md says so.
/// </summary>
public sealed class ClickHouseSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-ch-").FullName;
    private readonly HttpListener listener = new();
    private readonly List<(Uri Url, string? User, string? Key, string Sql)> asked = [];
    private readonly string address;

    public ClickHouseSpecs()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        listener.Prefixes.Add(address + "/");
        listener.Start();
    }

    public void Dispose()
    {
        listener.Close();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Its_answers_become_a_window_and_it_is_asked_read_only()
    {
        _ = Serve(sql => (200, sql.Contains("system.columns", StringComparison.Ordinal) ? "[\"amount\",\"Float64\"]\n[\"kind\",\"LowCardinality(String)\"]\n"
            : sql.StartsWith("SELECT count(*)", StringComparison.Ordinal) ? "[\"300\",\"299\",\"300\"]\n"
            : sql.StartsWith("SELECT bin", StringComparison.Ordinal) ? "[\"-1\",\"9\",null,null,\"[nan]\"]\n[\"3\",\"290\",70,80,\"[70.5,71.5,72.5,73.5,74.5,75.5,76.5,77.5,78.5,79.5]\"]\n"
            : "[\"a\",\"200\"]\n[\"zz\",\"100\"]\n"));
        await Data();

        var run = await Run("-o", "json");

        Assert.True(run.ExitCode == ExitCode.DriftBeyondLimit, run.Messages);
        using var document = JsonDocument.Parse(run.Results);
        var features = document.RootElement.GetProperty("features").EnumerateArray().ToDictionary(feature => feature.GetProperty("name").GetString()!);
        Assert.Equal(290, features["amount"].GetProperty("values").GetInt64());
        Assert.Equal(0.03, features["amount"].GetProperty("notFinite").GetDouble(), 6);
        Assert.InRange(features["amount"].GetProperty("distance").GetDouble(), 0.9, 1);
        Assert.Equal(1 / 3.0, features["kind"].GetProperty("unseen").GetDouble(), 6);
        Assert.All(asked, one =>
        {
            Assert.Equal(("reader", "secret-5"), (one.User, one.Key));
            Assert.Contains("readonly=2", one.Url.Query, StringComparison.Ordinal);
            Assert.Contains("max_execution_time=300", one.Url.Query, StringComparison.Ordinal);
            Assert.Contains("database=logs", one.Url.Query, StringComparison.Ordinal);
        });
        Assert.DoesNotContain("secret-5", run.Results + run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "Code: 47. DB::Exception: Unknown identifier: cuontry. (UNKNOWN_IDENTIFIER)", ExitCode.Usage, "ClickHouse refuses the statement: Code: 47")]
    [InlineData(403, "Code: 516. DB::Exception: Authentication failed", ExitCode.TargetFailed, "does not let this user in")]
    [InlineData(500, "Code: 159. DB::Exception: Timeout exceeded. (TIMEOUT_EXCEEDED)", ExitCode.TargetFailed, "took longer than 300 s")]
    [InlineData(500, "Code: 241. DB::Exception: Memory limit exceeded", ExitCode.TargetFailed, "ClickHouse failed (500)")]
    [InlineData(200, "<html>hello</html>", ExitCode.TargetFailed, "is not ClickHouse's JSONCompactEachRow")]
    public async Task What_it_refuses_is_told_in_its_words(int status, string body, ExitCode exit, string message)
    {
        _ = Serve(_ => (status, body));
        await Data();

        var run = await Run();

        Assert.Contains(message, run.Messages, StringComparison.Ordinal);
        Assert.Equal(exit, run.ExitCode);
    }

    private async Task Serve(Func<string, (int Status, string Body)> answer)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var sql = await reader.ReadToEndAsync();
            asked.Add((context.Request.Url!, context.Request.Headers["X-ClickHouse-User"], context.Request.Headers["X-ClickHouse-Key"], sql));
            var (status, body) = answer(sql);
            context.Response.StatusCode = status;
            context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: true);
        }
    }

    private Task Data() => File.WriteAllTextAsync(Path.Combine(folder, "data.csv"), "amount,kind\n" + string.Concat(Enumerable.Range(0, 400).Select(row => $"{row},{(row % 3 == 0 ? "a" : "b")}\n")), TestContext.Current.CancellationToken);

    private Task<ToolRun> Run(params string[] arguments) => ToolRun.Of(
        surroundings => surroundings with { WorkingDirectory = folder, Variable = name => name switch { "CLICKHOUSE_PASSWORD" => "secret-5", "CLICKHOUSE_USER" => "reader", _ => null } },
        ["drift", "--profile", "data.csv", "--engine", "clickhouse", "--connection", $"{address}/?database=logs", "--table", "requests", .. arguments]);
}
