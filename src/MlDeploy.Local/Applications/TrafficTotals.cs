using MlDeploy.Core.Errors;
using MlDeploy.Local.Control;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Applications;

/// <summary>Requests and successes since the first deployment, over restarts of the host: written every few seconds, so that a kill loses few of them.</summary>
internal sealed class TrafficTotals(ApplicationPaths paths, TimeProvider clock, Func<GatewayTotals> sinceStart, HostLog log)
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);
    private TrafficRecord? before;
    private ITimer? saving;

    /// <summary>Null before anything served.</summary>
    public Availability? Read()
    {
        if (before is not { } earlier)
        {
            return null;
        }

        var now = sinceStart();
        return new Availability(earlier.Requests + now.Requests, earlier.Successes + now.Requests - now.Failures, earlier.Since);
    }

    public void Start()
    {
        if (saving is null)
        {
            before = PrivateFiles.Read(paths.Traffic, StateJson.Default.TrafficRecord) ?? new TrafficRecord(0, 0, clock.GetUtcNow());
            saving = clock.CreateTimer(_ => Save(), null, SaveEvery, SaveEvery);
        }
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref saving, null) is { } timer)
        {
            await timer.DisposeAsync();
            Save();
        }
    }

    private void Save()
    {
        if (Read() is not { } now)
        {
            return;
        }

        try
        {
            PrivateFiles.Replace(paths.Traffic, new TrafficRecord(now.Requests, now.Successes, now.Since), StateJson.Default.TrafficRecord);
        }
        catch (ExpectedException failure)
        {
            log.Write(failure.Message);
        }
    }
}
