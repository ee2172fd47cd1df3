using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace MlDeploy.TestApp;

/// <summary>
/// A small prediction service on 127.0.0.1:$PORT. Endpoints:
/// <code>
/// GET  /health          200, or as --unhealthy-… says
/// POST /predict         {"version", "instance", "request": n, "echo": the JSON body}
/// GET  /slow?ms=500     200 after that time
/// ANY  /status/503      that status
/// GET  /stream?n=5&amp;ms=50  server-sent events, n of them, that far apart
/// GET  /ws              WebSocket echo
/// GET  /info            pid, children, command line arguments, environment names, working directory
/// GET  /file?path=x     content of a file relative to the working directory
/// </code>
/// The switches are described in <see cref="Options"/>.
/// </summary>
public static class TestApplication
{
    public static async Task<int> Main(string[] args)
    {
        if (await Verbs.RunAsync(args) is { } result)
            return result;
        var options = Options.Parse(args);
        Log($"version {options.Version} starts, pid {Environment.ProcessId}");
        if (options.ExitAtStart is { } code)
        {
            await Console.Error.WriteLineAsync($"fatal: told to exit with {code}");
            return code;
        }

        using var term = options.IgnoreTerm
            ? PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                Log("SIGTERM ignored");
            })
            : null;
        var children = Children.Spawn(options);
        await Task.Delay(options.StartDelay);
        StartLogging(options);
        if (options.NeverListen)
            await Task.Delay(Timeout.Infinite);

        await using var app = Build(options, children, args);
        await app.StartAsync();
        Log("listening");
        if (options.DieAfter is { } lifetime)
        {
            await Task.Delay(lifetime);
            Log($"dies with exit code {options.ExitCode}");
            Environment.Exit(options.ExitCode);
        }

        if (options.IgnoreTerm)
            await Task.Delay(Timeout.Infinite);
        await app.WaitForShutdownAsync();
        Log("stopped");
        return 0;
    }

    private static WebApplication Build(Options options, IReadOnlyList<int> children, string[] args)
    {
        var port = int.Parse(Environment.GetEnvironmentVariable("PORT") ?? "8080", CultureInfo.InvariantCulture);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhostOnly(port));
        var app = builder.Build();
        app.UseWebSockets();
        var behaviour = new Behaviour(options);
        var instance = Environment.GetEnvironmentVariable("MLDEPLOY_INSTANCE");
        app.Run(async context =>
        {
            var path = context.Request.Path.Value ?? "/";
            context.Response.Headers["x-testapp-version"] = options.Version;
            switch (path)
            {
                case "/health":
                    await behaviour.HealthAsync(context);
                    break;
                case "/predict":
                    if (await behaviour.PredictAsync(context) is { } number)
                        await AnswerAsync(context, options, instance, number);
                    break;
                case "/slow":
                    await Task.Delay(Query(context, "ms", 0), context.RequestAborted);
                    await context.Response.WriteAsync("slow");
                    break;
                case "/stream":
                    await StreamAsync(context, options);
                    break;
                case "/ws":
                    await EchoAsync(context);
                    break;
                case "/info":
                    await context.Response.WriteAsJsonAsync(new
                    {
                        pid = Environment.ProcessId,
                        children,
                        args,
                        instance,
                        environment = Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal),
                        workingDirectory = Environment.CurrentDirectory,
                    });
                    break;
                case "/file":
                    await context.Response.SendFileAsync(Path.GetFullPath(context.Request.Query["path"].ToString()));
                    break;
                case var status when status.StartsWith("/status/", StringComparison.Ordinal):
                    context.Response.StatusCode = int.Parse(status["/status/".Length..], CultureInfo.InvariantCulture);
                    await context.Response.WriteAsync("as asked");
                    break;
                default:
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    break;
            }
        });
        return app;
    }

    private static void ListenLocalhostOnly(this KestrelServerOptions kestrel, int port) =>
        kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1AndHttp2);

    private static async Task AnswerAsync(HttpContext context, Options options, string? instance, long number)
    {
        JsonElement? echo = null;
        if (context.Request.ContentLength is not 0)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            if (body.Length > 0)
                echo = JsonDocument.Parse(body.ToArray()).RootElement;
        }

        await context.Response.WriteAsJsonAsync(new { version = options.Version, instance, request = number, echo });
    }

    private static async Task StreamAsync(HttpContext context, Options options)
    {
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < Query(context, "n", 5); i++)
        {
            await context.Response.WriteAsync($"data: {options.Version} {i}\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Query(context, "ms", 50), context.RequestAborted);
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } received)
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static int Query(HttpContext context, string name, int otherwise) =>
        int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static void StartLogging(Options options)
    {
        if (options.LogRate <= 0)
            return;
        new Thread(() =>
        {
            for (long line = 1; ; line++)
            {
                Log($"line {line}");
                Thread.Sleep(Math.Max(1, 1000 / options.LogRate));
            }
        }) { IsBackground = true }.Start();
    }

    internal static void Log(string text) => Console.Out.WriteLine(text);
}
