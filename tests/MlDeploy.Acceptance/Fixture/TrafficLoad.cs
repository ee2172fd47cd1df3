using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace MlDeploy.Acceptance.Fixture;

/// <param name="Sent">Requests sent; each of them is in one of the other counts.</param>
/// <param name="Ok">Answered 2xx.</param>
/// <param name="FailedByApplication">Answered with an error that the application itself gave.</param>
/// <param name="FailedOtherwise">Answered with an error that the application did not give: the gateway's fault.</param>
/// <param name="Lost">Not answered: refused, cut off, timed out.</param>
/// <param name="ByVersion">Answers by the version that the gateway says gave them (header x-mldeploy-version, its label), or where there is none the application.</param>
internal sealed record TrafficAccount(
    long Sent, long Ok, long FailedByApplication, long FailedOtherwise, long Lost, ImmutableSortedDictionary<string, long> ByVersion, ImmutableArray<string> Samples)
{
    /// <summary>Every request was answered, and by the application.</summary>
    public void LostNothing()
    {
        Assert.True(Sent > 0, "no traffic was sent");
        Assert.True(Lost == 0 && FailedOtherwise == 0 && Ok + FailedByApplication == Sent, ToString());
    }

    public long Of(string label) => ByVersion.Where(version => version.Key == label || version.Key.StartsWith($"{label}-", StringComparison.Ordinal)).Sum(version => version.Value);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Sent} sent, {Ok} ok, {FailedByApplication} failed by the application, {FailedOtherwise} failed otherwise, {Lost} lost; {string.Join(", ", ByVersion.Select(version => $"{version.Key}: {version.Value}"))}; {string.Join(" / ", Samples)}");
}

/// <summary>Customers: requests are sent when they are due, whatever became of the earlier ones (open loop), and each is accounted for.</summary>
internal sealed class TrafficLoad : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, long> byVersion = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> samples = new();
    private readonly Uri url;
    private readonly Func<long, (string Name, string Value)>? header;
    private readonly Func<long, string> body = _ => """{"value":182.5,"items":3}""";
    private readonly bool signed;
    private readonly Task sending;
    private long sent;
    private long ended;
    private long ok;
    private long failedByApplication;
    private long failedOtherwise;
    private long lost;
    private long lastOk;

    private TrafficLoad(Uri url, int rate, Func<long, (string Name, string Value)>? header, Func<long, string>? body = null, bool signed = false)
    {
        this.url = url;
        this.header = header;
        this.body = body ?? this.body;
        this.signed = signed;
        sending = Task.Run(() => SendAsync(rate));
    }

    /// <param name="rate">Requests per second.</param>
    /// <param name="header">A header for the n-th request, e.g. the user it is from.</param>
    public static TrafficLoad Start(TestState state, int rate = 100, Func<long, (string Name, string Value)>? header = null) =>
        new(new Uri(state.Url, "/predict"), rate, header);

    /// <summary>Customers of an application that no gateway of ours stands before: its versions are those that it names itself.</summary>
    public static TrafficLoad Start(Uri url, int rate) => new(new Uri(url, "/predict"), rate, header: null);

    /// <summary>Customers of an application behind a load balancer of AWS's, which signs what it answers itself.</summary>
    /// <param name="body">What the n-th request asks, in JSON.</param>
    public static TrafficLoad Start(Uri url, int rate, Func<long, string> body) => new(new Uri(url, "/predict"), rate, header: null, body, signed: true);

    /// <summary>So far; requests under way are in none but <see cref="TrafficAccount.Sent"/>.</summary>
    public TrafficAccount Now => new(
        Interlocked.Read(ref sent), Interlocked.Read(ref ok), Interlocked.Read(ref failedByApplication), Interlocked.Read(ref failedOtherwise), Interlocked.Read(ref lost),
        byVersion.ToImmutableSortedDictionary(StringComparer.Ordinal), [.. samples]);

    /// <summary>Stopwatch's timestamp of the newest good answer.</summary>
    public long LastOk => Interlocked.Read(ref lastOk);

    /// <summary>Waits until so many requests were answered well from now on.</summary>
    public async Task OkAsync(int more)
    {
        var goal = Interlocked.Read(ref ok) + more;
        await Until.TrueAsync(() => Interlocked.Read(ref ok) >= goal, $"{more} requests are answered; {Now}");
    }

    /// <summary>Stops sending and waits for every answer.</summary>
    public async Task<TrafficAccount> EndAsync()
    {
        await stop.CancelAsync();
        await sending;
        await Until.TrueAsync(() => Interlocked.Read(ref ended) == Interlocked.Read(ref sent), "every request is answered or lost");
        return Now;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await sending;
        http.Dispose();
        stop.Dispose();
    }

    private async Task SendAsync(int rate)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var began = Stopwatch.StartNew();
        var next = 0L;
        try
        {
            while (await tick.WaitForNextTickAsync(stop.Token))
            {
                for (var due = (long)(began.Elapsed.TotalSeconds * rate); next < due; next++)
                {
                    Interlocked.Increment(ref sent);
                    _ = AskAsync(next);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // No more customers.
        }
    }

    private async Task AskAsync(long number)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body(number), Encoding.UTF8, "application/json") };
            if (header?.Invoke(number) is { } given)
            {
                request.Headers.Add(given.Name, given.Value);
            }

            using var reply = await http.SendAsync(request);
            var text = await reply.Content.ReadAsStringAsync();
            if (reply.Headers.TryGetValues("x-mldeploy-version", out var versions) || reply.Headers.TryGetValues("x-testapp-version", out versions))
            {
                byVersion.AddOrUpdate(string.Join(',', versions), 1, (_, count) => count + 1);
            }

            if (reply.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref ok);
                Interlocked.Exchange(ref lastOk, Stopwatch.GetTimestamp());
            }
            else if (reply.Headers.Contains("x-testapp-version") || (signed && !reply.Headers.Server.ToString().StartsWith("awselb/", StringComparison.Ordinal)))
            {
                Interlocked.Increment(ref failedByApplication);
            }
            else
            {
                Interlocked.Increment(ref failedOtherwise);
                Sample($"{(int)reply.StatusCode} {text}");
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            Interlocked.Increment(ref lost);
            Sample(failure.InnerException?.Message ?? failure.Message);
        }
        finally
        {
            Interlocked.Increment(ref ended);
        }
    }

    private void Sample(string what)
    {
        if (samples.Count < 5)
        {
            samples.Enqueue(what.Length > 200 ? what[..200] : what);
        }
    }
}
