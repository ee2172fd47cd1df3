using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Hosting;

namespace MlDeploy.Local.Control;

/// <summary>The host's control API: HTTP over a Unix socket of mode 0600 in a folder of mode 0700, so that only its user gets in.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const long LargestRequest = 16 << 20;
    private readonly WebApplication web;

    private ControlServer(WebApplication web) => this.web = web;

    public static async Task<ControlServer> StartAsync(string socketPath, LocalHost host, DashboardServer dashboard, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(socketPath, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = LargestRequest;
            kestrel.AddServerHeader = false;
        });
        // Signals belong to whoever runs the host.
        builder.WebHost.UseSetting(WebHostDefaults.SuppressStatusMessagesKey, "true");
        var web = builder.Build();
        ControlRoutes.Map(web, host, dashboard);
        File.Delete(socketPath);
        await web.StartAsync(cancel);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(socketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return new ControlServer(web);
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await web.StopAsync(soon.Token);
        }
        catch (OperationCanceledException)
        {
            // Someone still follows a journal; they see the connection end and ask the next host.
        }

        await web.DisposeAsync();
    }
}

/// <summary>Reading, answering and failing, the same for every route.</summary>
internal static class ControlHttp
{
    public static RequestDelegate Answer<TReply>(JsonTypeInfo<TReply> type, Func<HttpContext, Task<TReply>> handler) => Guard(async context =>
        await context.Response.WriteAsJsonAsync(await handler(context), type, cancellationToken: context.RequestAborted));

    public static RequestDelegate Guard(RequestDelegate handler) => async context =>
    {
        try
        {
            await handler(context);
        }
        catch (ExpectedException failure) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await context.Response.WriteAsJsonAsync(
                new ControlError(failure.ExitCode, failure.Message, failure.Remedy), ControlJson.Default.ControlError, cancellationToken: context.RequestAborted);
        }
        catch (Exception failure) when (failure is JsonException or Microsoft.AspNetCore.Http.BadHttpRequestException or InvalidOperationException && !context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync($"the request is not what this host understands: {failure.Message}", context.RequestAborted);
        }
    };

    public static async Task<TRequest> ReadAsync<TRequest>(HttpContext context, JsonTypeInfo<TRequest> type) =>
        await context.Request.ReadFromJsonAsync(type, context.RequestAborted) ?? throw new JsonException("empty");

    public static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;
}
