using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlDeploy.Bench.Load;
using MlDeploy.Local.Gateway;
using Yarp.ReverseProxy.Forwarder;

namespace MlDeploy.Bench.Gateway;

/// <summary>What runs in processes of its own, so that its CPU time is its own. Each ends when its standard input does.</summary>
internal static class Serving
{
    /// <summary>The environment a gateway runs in when a host is started on demand.</summary>
    public static ImmutableSortedDictionary<string, string> AsAHost => SocketCompletions.Inline(ImmutableSortedDictionary<string, string>.Empty);

    public static async Task<int> BackendAsync(Arguments arguments)
    {
        await using var app = Slim(arguments.Number("--port", 0));
        var answer = """{"probability":0.0312,"model":"fraud-gbt"}"""u8.ToArray();
        app.Run(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = answer.Length;
            await http.Response.Body.WriteAsync(answer);
        });
        await app.StartAsync();
        await UntilParentCloses();
        return 0;
    }

    /// <summary>The gateway as a rollout uses it: two arms at 25 %, every request measured, and looked into with `--capture on` (or `stalled`).</summary>
    public static async Task<int> GatewayAsync(Arguments arguments)
    {
        using var orders = arguments.Text("--capture") is { } how ? new CapturedOrders(stall: how == "stalled") : null;
        var backend = new Uri($"http://127.0.0.1:{arguments.Text("--backend")}");
        await using var gateway = await ApplicationGateway.StartAsync(new GatewayOptions
        {
            Listen = $"127.0.0.1:{arguments.Text("--port")}",
            Time = TimeProvider.System,
            Random = new Random(1),
        });
        gateway.SetRoutes(new GatewayRoutes
        {
            Stable = new ArmRoute(Arm("v1"), [backend]),
            Candidate = new ArmRoute(Arm("v2"), [backend]),
            Weight = 0.25,
        });
        await UntilParentCloses(() => orders?.Totals() is { } totals ? $"{totals.Taken} {totals.Dropped} {totals.Unparsable}" : "0 0 0");
        return gateway.Totals.Failures == 0 ? 0 : 1;

        GatewayArm Arm(string version) => orders?.Arm(version) ?? new GatewayArm(version, TimeSpan.FromSeconds(60));
    }

    /// <summary>The reference: the least code around <see cref="IHttpForwarder"/> that YARP's documentation shows.</summary>
    public static async Task<int> BareForwarderAsync(Arguments arguments)
    {
        var builder = Builder(arguments.Number("--port", 0));
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(15),
        });
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var destination = $"http://127.0.0.1:{arguments.Text("--backend")}";
        var config = new ForwarderRequestConfig
        {
            ActivityTimeout = TimeSpan.FromSeconds(60),
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        app.Run(async http => await forwarder.SendAsync(http, destination, client, config, HttpTransformer.Default));
        await app.StartAsync();
        await UntilParentCloses();
        return 0;
    }

    /// <summary>The load generator, away from what it measures; prints its result as one line.</summary>
    public static async Task<int> LoadAsync(Arguments arguments)
    {
        var load = new LoadPlan(
            new IPEndPoint(IPAddress.Loopback, arguments.Number("--port", 0)),
            arguments.Number("--connections", 32),
            arguments.Number("--rate", 2_000),
            TimeSpan.FromSeconds(arguments.Number("--seconds", 5)),
            TimeSpan.FromSeconds(1),
            arguments.Has("--orders") ? CapturedOrders.Bodies(1_000) : [LoadPlan.SmallOrder]);
        var result = await LoadGenerator.RunAsync(load);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Sent} {result.Failed} {Micros(0.5)} {Micros(0.99)} {Micros(0.999)} {result.Elapsed.TotalSeconds:F3}"));
        return 0;

        long Micros(double quantile) => (long)(result.Latency.Quantile(quantile) ?? TimeSpan.Zero).TotalMicroseconds;
    }

    private static WebApplication Slim(int port) => Builder(port).Build();

    private static WebApplicationBuilder Builder(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        return builder;
    }

    /// <param name="answer">What is said to each line that the parent writes.</param>
    private static async Task UntilParentCloses(Func<string>? answer = null)
    {
        Console.WriteLine("ready");
        await Task.Run(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
                Console.WriteLine(answer?.Invoke() ?? "");
            }
        });
    }
}
