using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Engines;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.Model.Engines;

/// <summary>ClickHouse's HTTP interface, as a session that may only read.</summary>
internal sealed class ClickHouseEngine : IEngine, IDisposable
{
    /// <summary>Counts and names of a feature are far below it.</summary>
    private const int MostAnswer = 64 << 20;

    private readonly HttpClient http;
    private readonly Uri address;
    private readonly TimeSpan timeout;

    private ClickHouseEngine(HttpClient http, Uri address, TimeSpan timeout) => (this.http, this.address, this.timeout) = (http, address, timeout);

    public SqlDialect Dialect { get; } = new ClickHouseDialect();

    public static ClickHouseEngine Open(EngineRequest request, CommandContext context)
    {
        var text = ConnectionText.Of(request.Connection, context);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new ExpectedException(ExitCode.Usage, text is null ? "nothing says where ClickHouse is" : "--connection is no URL of ClickHouse's HTTP interface", "write --connection https://host:8443/?database=NAME");
        }

        var user = url.UserInfo.Split(':', 2);
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.GZip })
        {
            Timeout = request.Timeout + TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = MostAnswer,
        };
        Header("X-ClickHouse-User", user[0], "CLICKHOUSE_USER");
        Header("X-ClickHouse-Key", user.Length > 1 ? user[1] : "", "CLICKHOUSE_PASSWORD");

        // readonly=2: reads, and the settings of this request, which `1` would refuse.
        var settings = string.Create(CultureInfo.InvariantCulture, $"readonly=2&max_execution_time={Math.Ceiling(request.Timeout.TotalSeconds)}&output_format_json_quote_64bit_integers=1&wait_end_of_query=1&default_format=JSONCompactEachRow");
        var address = new UriBuilder(url) { UserName = "", Password = "", Query = url.Query.Length > 1 ? $"{url.Query[1..]}&{settings}" : settings }.Uri;
        return new ClickHouseEngine(http, address, request.Timeout);

        void Header(string name, string given, string variable)
        {
            var value = given.Length > 0 ? Uri.UnescapeDataString(given) : context.Surroundings.Variable(variable);
            if (!string.IsNullOrEmpty(value) && !http.DefaultRequestHeaders.TryAddWithoutValidation(name, value))
            {
                throw new ExpectedException(ExitCode.Usage, $"{variable} cannot be sent as a header", "set it to what ClickHouse knows");
            }
        }
    }

    public async Task<IReadOnlyList<string?[]>> AskAsync(string sql, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.PostAsync(address, new StringContent(sql, Encoding.UTF8), cancellation);
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            return answer.IsSuccessStatusCode ? Rows(body) : throw Refused(answer.StatusCode, body);
        }
        catch (HttpRequestException failure)
        {
            throw new ExpectedException(ExitCode.TargetFailed, $"ClickHouse at {address.Host}:{address.Port} cannot be asked: {failure.Message}", "check --connection, that the server runs, and that it lets this machine in", failure);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw Late(late);
        }
        catch (JsonException odd)
        {
            throw new ExpectedException(ExitCode.TargetFailed, $"{address.Host}:{address.Port} answers what is not ClickHouse's JSONCompactEachRow", "name ClickHouse's HTTP interface, by default port 8123 or 8443", odd);
        }
    }

    public void Dispose() => http.Dispose();

    private static List<string?[]> Rows(string body)
    {
        var rows = new List<string?[]>();
        foreach (var line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.ValueKind != JsonValueKind.Array)
            {
                throw new JsonException("a row is no array");
            }

            rows.Add([.. row.RootElement.EnumerateArray().Select(cell => cell.ValueKind == JsonValueKind.Null ? null : cell.ToString())]);
        }

        return rows;
    }

    private ExpectedException Refused(HttpStatusCode status, string body)
    {
        var said = body.Trim().Split('\n')[0] is { Length: > 0 } line ? line[..Math.Min(line.Length, 300)] : status.ToString();
        return said.Contains("TIMEOUT_EXCEEDED", StringComparison.Ordinal) ? Late(null)
            : status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? new ExpectedException(ExitCode.TargetFailed, $"ClickHouse does not let this user in: {said}", "check CLICKHOUSE_USER and CLICKHOUSE_PASSWORD")
            : status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound ? new ExpectedException(ExitCode.Usage, $"ClickHouse refuses the statement: {said}", "check --where and the columns; --show-sql prints the statements")
            : new ExpectedException(ExitCode.TargetFailed, $"ClickHouse failed ({(int)status}): {said}", "try again; if it stays so, look into the server's log");
    }

    private ExpectedException Late(Exception? inner) =>
        new(ExitCode.TargetFailed, $"ClickHouse took longer than {timeout.TotalSeconds:0.#} s for one statement", "give --timeout a longer time, or a shorter window with --from and --to", inner);
}
