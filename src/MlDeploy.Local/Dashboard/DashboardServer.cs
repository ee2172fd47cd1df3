using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Dashboard;

/// <summary>
/// The host's dashboard: on loopback, on a port of its own, from when it is first asked for. A host that takes over from another opens it at the same
/// address, so that an open page goes on; a host that was stopped forgets it.
/// </summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private const int KeyBytes = 16;

    /// <summary>A page has one or two connections; more than this many are refused.</summary>
    private const int MostConnections = 64;

    /// <summary>Pages ask every 3 s, each on its own beat.</summary>
    private static readonly TimeSpan Shared = TimeSpan.FromSeconds(1);

    private readonly HostEnvironment environment;
    private readonly LocalHost host;
    private readonly SharedReading<RenderedDashboard> reading;
    private readonly SemaphoreSlim opening = new(1, 1);
    private WebApplication? web;
    private ITimer? sampling;
    private Uri? address;

    public DashboardServer(HostEnvironment environment, LocalHost host)
    {
        (this.environment, this.host) = (environment, host);
        reading = new SharedReading<RenderedDashboard>(environment.Clock, Shared, () => RenderedDashboard.Of(Read()));
    }

    /// <summary>Opens it where an earlier host had it; nothing where nobody asked for it.</summary>
    public async Task TakeUpAsync()
    {
        try
        {
            if (File.Exists(environment.Paths.DashboardRecord))
            {
                await OpenAsync();
            }
        }
        catch (ExpectedException failure)
        {
            // Serving comes first; whoever asks for it is told.
            environment.Log.Write($"the dashboard could not be opened: {failure.Message}");
        }
    }

    /// <returns>Its address, the key in it.</returns>
    /// <exception cref="ExpectedException">Nothing can listen on loopback.</exception>
    public async Task<Uri> OpenAsync()
    {
        await opening.WaitAsync();
        try
        {
            return address ??= await StartAsync();
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>The next host does not open it by itself.</summary>
    public void Forget() => File.Delete(environment.Paths.DashboardRecord);

    public async ValueTask DisposeAsync()
    {
        if (sampling is not null)
        {
            await sampling.DisposeAsync();
        }

        if (web is not null)
        {
            await web.DisposeAsync();
        }

        opening.Dispose();
    }

    private async Task<Uri> StartAsync()
    {
        var before = Before();
        var key = before?.Key ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        var site = new DashboardSite(key, reading.ReadAsync, Report);
        var started = (before is null ? null : await TryListenAsync(before.Port, site)) ?? await TryListenAsync(0, site)
            ?? throw new ExpectedException(ExitCode.TargetFailed, "no port of 127.0.0.1 is free for the dashboard", "end what holds them (`ss -ltnp` shows it), then run `mldeploy dashboard` again");
        var port = new Uri(started.Urls.Single()).Port;
        try
        {
            PrivateFiles.Replace(environment.Paths.DashboardRecord, new DashboardRecord(port, key), StateJson.Default.DashboardRecord);
        }
        catch (ExpectedException failure)
        {
            // It is open all the same; only the next host will not know where.
            environment.Log.Write(failure.Message);
        }

        web = started;
        Sample();
        sampling = environment.Clock.CreateTimer(_ => Sample(), null, RecentTraffic.Every, RecentTraffic.Every);
        environment.Log.Write($"the dashboard listens on 127.0.0.1:{port}");
        return new UriBuilder(Uri.UriSchemeHttp, IPAddress.Loopback.ToString(), port, $"/{key}/").Uri;
    }

    /// <summary>Null when the port is taken.</summary>
    private static async Task<WebApplication?> TryListenAsync(int port, DashboardSite site)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.AddServerHeader = false;
        });
        builder.WebHost.UseSetting(WebHostDefaults.SuppressStatusMessagesKey, "true");
        var web = builder.Build();
        web.Run(site.AnswerAsync);
        try
        {
            await web.StartAsync();
            return web;
        }
        catch (Exception taken) when (taken is SocketException or IOException or AddressInUseException)
        {
            await web.DisposeAsync();
            return null;
        }
    }

    private DashboardRecord? Before()
    {
        try
        {
            return PrivateFiles.Read(environment.Paths.DashboardRecord, StateJson.Default.DashboardRecord) is { Port: > 0 and <= IPEndPoint.MaxPort, Key.Length: 2 * KeyBytes } record ? record : null;
        }
        catch (ExpectedException damaged)
        {
            environment.Log.Write(damaged.Message);
            return null;
        }
    }

    private void Sample()
    {
        foreach (var application in host.Applications)
        {
            try
            {
                application.Dashboard.Sample();
            }
            catch (Exception failure)
            {
                // A timer's failure would end the host, and with it what serves.
                environment.Log.Write($"{application.Name}: the dashboard could not measure it: {failure}");
            }
        }
    }

    private DashboardView Read() => new(environment.Self.ToolVersion, environment.Clock.GetUtcNow(), [.. host.Applications.Select(Read)]);

    /// <summary>Whatever is wrong with one application, the others are shown.</summary>
    private ApplicationView Read(Applications.Application application)
    {
        try
        {
            return application.View();
        }
        catch (Exception failure)
        {
            environment.Log.Write($"{application.Name}: the dashboard could not read it: {failure}");
            return ApplicationView.Unreadable(application.Name, failure is ExpectedException expected ? $"{expected.Message}. {expected.Remedy}" : failure.Message);
        }
    }

    private string? Report(string application, int number)
    {
        // Found by comparing names: what was asked for is never made into a path.
        var file = host.Applications.FirstOrDefault(known => known.Name == application) is { } found ? environment.Paths.Application(found.Name).ReportPage(number) : null;
        return File.Exists(file) ? file : null;
    }
}
