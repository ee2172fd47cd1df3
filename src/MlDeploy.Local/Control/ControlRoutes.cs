using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Hosting;

namespace MlDeploy.Local.Control;

/// <summary>Which request does what. What is under way never depends on the caller staying connected.</summary>
internal static class ControlRoutes
{
    public static void Map(IEndpointRouteBuilder routes, LocalHost host, DashboardServer dashboard)
    {
        routes.MapGet("/v1/host", ControlHttp.Answer(ControlJson.Default.HostStatus, _ => Task.FromResult(host.Status())));
        routes.MapPost("/v1/host/stop", ControlHttp.Guard(context =>
        {
            host.RequestStop(handover: bool.TryParse(context.Request.Query["handover"], out var handover) && handover);
            return Task.CompletedTask;
        }));
        routes.MapPost("/v1/dashboard", ControlHttp.Answer(ControlJson.Default.DashboardAddress, async _ => new DashboardAddress((await dashboard.OpenAsync()).AbsoluteUri)));
        MapApplications(routes.MapGroup("/v1/applications/{name}"), host);
    }

    private static void MapApplications(RouteGroupBuilder routes, LocalHost host)
    {
        routes.MapGet("", ControlHttp.Answer(ControlJson.Default.ApplicationStatus, context => Task.FromResult(host.Existing(Name(context)).Status())));
        routes.MapGet("/metrics", ControlHttp.Answer(ControlJson.Default.ApplicationMetrics, context => Task.FromResult(host.Existing(Name(context)).Metrics())));
        routes.MapPost("/windows", ControlHttp.Guard(context =>
        {
            host.Existing(Name(context)).SaveCapture();
            return Task.CompletedTask;
        }));
        routes.MapPost("/deployments", ControlHttp.Answer(ControlJson.Default.DeployAccepted, async context =>
        {
            // Read whole before anything is looked up: a slow sender must not end up with an application that is gone meanwhile.
            var request = await ControlHttp.ReadAsync(context, ControlJson.Default.DeployRequest);
            return await host.OfName(Name(context)).DeployAsync(request);
        }));
        routes.MapPost("/rollback", ControlHttp.Answer(ControlJson.Default.DeployAccepted, async context =>
            await host.Existing(Name(context)).RollbackAsync(await ControlHttp.ReadAsync(context, ControlJson.Default.RollbackRequest))));
        foreach (var verb in Steering.Verbs)
        {
            routes.MapPost($"/{verb}", ControlHttp.Answer(ControlJson.Default.DeployAccepted, async context =>
                host.Existing(Name(context)).Steer(verb, await ControlHttp.ReadAsync(context, ControlJson.Default.SteerRequest))));
        }

        routes.MapGet("/deployments/{number:int}/journal", ControlHttp.Guard(FollowAsync(host)));
        routes.MapDelete("", ControlHttp.Guard(context => host.DestroyAsync(Name(context))));
    }

    private static RequestDelegate FollowAsync(LocalHost host) => async context =>
    {
        var number = int.Parse(ControlHttp.Route(context, "number"), CultureInfo.InvariantCulture);
        _ = long.TryParse(context.Request.Query["after"], NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        context.Response.ContentType = "application/x-ndjson";
        try
        {
            await foreach (var entry in host.Existing(Name(context)).FollowAsync(number, after, context.RequestAborted))
            {
                await context.Response.WriteAsync(JournalFormat.Write(entry) + "\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (ExpectedException failure) when (context.Response.HasStarted)
        {
            var error = JsonSerializer.Serialize(new ControlError(failure.ExitCode, failure.Message, failure.Remedy), ControlJson.Default.ControlError);
            await context.Response.WriteAsync($"{ControlClient.ErrorLine}{error}\n", context.RequestAborted);
        }
    };

    /// <summary>A name becomes a folder, so it has to be one that applications may have.</summary>
    private static string Name(HttpContext context)
    {
        var name = ControlHttp.Route(context, "name");
        return ApplicationName.Problem(name) is { } problem
            ? throw new ExpectedException(ExitCode.Usage, $"the application's name {problem}", "use the `name` that stands in the manifest")
            : name;
    }
}

/// <summary>What can be asked of a running deployment.</summary>
internal static class Steering
{
    public const string Promote = "promote";
    public const string Abort = "abort";
    public const string Interrupt = "interrupt";

    public static string[] Verbs { get; } = [Promote, Abort, Interrupt];
}
