#!/usr/bin/env dotnet
#:property PublishAot=false
#:property InvariantGlobalization=true
#:property Optimize=true

// Replays customers: sends the held-out orders of data/orders.csv at random, at a rate that does not wait for answers.
//
//     dotnet run traffic.cs -- --url http://127.0.0.1:8080/predict --rate 150 --duration 60
//
// At the end, or on Ctrl+C or SIGTERM, it says in one line how it went. Failed is what was not answered with 2xx.

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

const string Usage =
    """
    dotnet run traffic.cs -- [options]
      --url URL         where to post orders (http://127.0.0.1:8080/predict)
      --rate NUMBER     requests per second, as a Poisson process (150)
      --duration NUMBER seconds; 0 is until stopped (60)
      --users NUMBER    customers, told apart by the header X-User-Id (1000)
      --seed NUMBER     which orders, which customers, when (1)
      --json            the summary as JSON
    """;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (!Options.TryParse(args, out var options, out var mistake))
{
    Console.Error.WriteLine($"{mistake}\n\n{Usage}");
    return 64;
}

using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var summary = await Replay(options, stop);
Console.WriteLine(options.Json ? JsonSerializer.Serialize(summary, new JsonSerializerOptions(JsonSerializerDefaults.Web)) : summary.ToLine());
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static async Task<Summary> Replay(Options options, CancellationTokenSource stop)
{
    var orders = Orders();
    var dice = new Random(options.Seed);
    var answers = new ConcurrentQueue<Answer>();
    var underWay = 0;
    using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };

    var clock = Stopwatch.StartNew();
    if (options.Duration > 0) stop.CancelAfter(TimeSpan.FromSeconds(options.Duration));
    var due = TimeSpan.Zero;
    while (!stop.IsCancellationRequested)
    {
        Interlocked.Increment(ref underWay);
        _ = Send(orders[dice.Next(orders.Length)], $"user-{dice.Next(options.Users)}");
        due += TimeSpan.FromSeconds(-Math.Log(1 - dice.NextDouble()) / options.Rate);
        var early = due - clock.Elapsed;
        if (early > TimeSpan.Zero) await Task.Delay(early, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    var seconds = clock.Elapsed.TotalSeconds;
    while (Volatile.Read(ref underWay) > 0) await Task.Delay(10, CancellationToken.None);
    return Summary.Of(answers, seconds);

    async Task Send(string order, string user)
    {
        answers.Enqueue(await Post(http, options.Url, order, user));
        Interlocked.Decrement(ref underWay);
    }
}

static async Task<Answer> Post(HttpClient http, Uri url, string order, string user)
{
    var sent = Stopwatch.GetTimestamp();
    try
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(order, null, "application/json") };
        request.Headers.Add("X-User-Id", user);
        using var response = await http.SendAsync(request);
        var version = response.Headers.TryGetValues("x-mldeploy-version", out var values) ? values.First() : "none";
        return new Answer(version, $"{(int)response.StatusCode}", response.IsSuccessStatusCode, Stopwatch.GetElapsedTime(sent));
    }
    catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
    {
        var status = failure is HttpRequestException { HttpRequestError: var error } ? error.ToString() : "Timeout";
        return new Answer("none", status, false, Stopwatch.GetElapsedTime(sent));
    }
}

// Rows of the table as JSON: without what is missing, and without the label, which nobody knows yet.
static string[] Orders()
{
    var lines = File.ReadAllLines(Path.Combine((string)AppContext.GetData("EntryPointFileDirectoryPath")!, "data", "orders.csv"));
    var names = lines[0].Split(',');
    return [.. lines.Skip(1).Select(line => $"{{{string.Join(',', names.Zip(line.Split(','), Member).OfType<string>())}}}")];

    static string? Member(string name, string cell) =>
        cell is "" || name is "fraud" ? null
        : double.TryParse(cell, out _) || bool.TryParse(cell, out _) ? $"\"{name}\":{cell}"
        : $"\"{name}\":\"{cell}\"";
}

/// <param name="Status">The HTTP status, or why there was none.</param>
sealed record Answer(string Version, string Status, bool Ok, TimeSpan Latency);

/// <param name="P50">Milliseconds, of all requests that got an answer.</param>
sealed record Summary(
    int Requests, int Failures, double Seconds, double PerSecond, double P50, double P99,
    SortedDictionary<string, int> Versions, SortedDictionary<string, int> Statuses)
{
    public static Summary Of(IReadOnlyCollection<Answer> answers, double seconds)
    {
        var sorted = answers.Where(answer => int.TryParse(answer.Status, out _)).Select(answer => answer.Latency.TotalMilliseconds).Order().ToArray();
        double Quantile(double q) => sorted.Length == 0 ? 0 : Math.Round(sorted[(int)(q * (sorted.Length - 1))], 2);
        return new Summary(
            answers.Count, answers.Count(answer => !answer.Ok), Math.Round(seconds, 2), Math.Round(answers.Count / seconds, 1), Quantile(0.5), Quantile(0.99),
            new(answers.CountBy(answer => answer.Version).ToDictionary()),
            new(answers.CountBy(answer => answer.Status).ToDictionary()));
    }

    public string ToLine() =>
        $"{Requests} requests in {Seconds:0.0} s ({PerSecond:0.0}/s), {Failures} failed, p50 {P50:0.0} ms, p99 {P99:0.0} ms; " +
        $"by version: {List(Versions)}; by status: {List(Statuses)}";

    private static string List(SortedDictionary<string, int> counts) => string.Join(", ", counts.Select(count => $"{count.Key} {count.Value}"));
}

sealed record Options(Uri Url, double Rate, double Duration, int Users, int Seed, bool Json)
{
    public static bool TryParse(string[] args, out Options options, out string? mistake)
    {
        options = new Options(new Uri("http://127.0.0.1:8080/predict"), Rate: 150, Duration: 60, Users: 1000, Seed: 1, Json: false);
        mistake = null;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--json")
            {
                options = options with { Json = true };
                continue;
            }

            var value = i + 1 < args.Length ? args[i + 1] : "";
            var set = args[i] switch
            {
                "--url" when Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" => options with { Url = url },
                "--rate" when double.TryParse(value, out var rate) && rate is > 0 and <= 100_000 => options with { Rate = rate },
                "--duration" when double.TryParse(value, out var seconds) && seconds is >= 0 and <= 1_000_000 => options with { Duration = seconds },
                "--users" when int.TryParse(value, out var users) && users > 0 => options with { Users = users },
                "--seed" when int.TryParse(value, out var seed) => options with { Seed = seed },
                _ => null,
            };
            if (set is null)
            {
                mistake = $"Cannot use '{args[i]} {value}'.";
                return false;
            }

            options = set;
            i++;
        }

        return true;
    }
}
