using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;
using MlDeploy.Local.Supervision;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Applications;

/// <summary>The versions of one application that have a process, whatever their part, and the record of them that the next host adopts from.</summary>
/// <param name="changed">Called when a version became healthy, or no longer is.</param>
internal sealed class RunningVersions(ApplicationPaths paths, VersionStore versions, HostEnvironment environment, SupervisionContext supervision, ModelCapture capture, Action changed)
{
    private readonly Lock gate = new();
    private readonly InstanceRecords records = new(paths);
    private readonly List<ServedVersion> running = [];
    private readonly List<Task> retiring = [];

    public ImmutableArray<string> Ids
    {
        get
        {
            lock (gate)
            {
                return [.. running.Select(version => version.Id)];
            }
        }
    }

    /// <param name="adopt">Its process, when it runs already.</param>
    /// <param name="proven">It has served before: it is started again for ever instead of being given up.</param>
    public ServedVersion Run(StoredVersion version, RunningInstance? adopt, bool proven = false)
    {
        var application = version.Manifest.Application;
        PrivateFiles.CreateFolder(paths.Logs);
        var spec = new InstanceSpec
        {
            Cookie = InstanceRecords.CookieOf(paths, version.Id),
            Command = application.Command,
            WorkingDirectory = version.SnapshotFolder,
            Environment = ApplicationEnvironment.Compose(
                name => version.Record.BaseEnvironment.GetValueOrDefault(name), application.Environment, versions.Secrets(version.Id)),
            LogFile = paths.VersionLog(version.Id),
            Health = application.Health,
            Drain = application.Drain,
            Proven = proven,
        };
        var served = new ServedVersion(version, new GatewayArm(version.Id, application.RequestTimeout) { Capture = capture.Of(version) });
        lock (gate)
        {
            running.Add(served);
        }

        served.Supervisor = adopt is null
            ? Supervisor.Start(spec, supervision, state => Changed(served, state))
            : Supervisor.Adopt(spec, adopt, supervision, state => Changed(served, state));
        return served;
    }

    /// <summary>Lets a version that gets no new requests finish the ones it has, then ends it, in the background.</summary>
    public void Retire(ServedVersion? leaving, ApplicationGateway? front)
    {
        if (leaving is null)
        {
            return;
        }

        lock (gate)
        {
            retiring.RemoveAll(task => task.IsCompleted);
            retiring.Add(RetireAsync(leaving, front));
        }
    }

    /// <summary>Waits for versions that are on their way out.</summary>
    public Task WhenRetiredAsync()
    {
        lock (gate)
        {
            return Task.WhenAll(retiring);
        }
    }

    /// <summary>Lets go of all processes, for the next host to adopt.</summary>
    public async Task LetGoAsync()
    {
        ImmutableArray<ServedVersion> left;
        lock (gate)
        {
            left = [.. running];
        }

        foreach (var version in left)
        {
            await version.Supervisor.DisposeAsync();
        }
    }

    /// <summary>What an earlier host wrote down as running. A file that cannot be read is told: processes are then found by their cookies.</summary>
    public ImmutableArray<InstanceRecord> Left()
    {
        try
        {
            return records.Read();
        }
        catch (ExpectedException unreadable)
        {
            environment.Log.Write(unreadable.Message);
            return [];
        }
    }

    /// <summary>Ends processes of this application that an earlier host left and that are not adopted: found by the cookie each of them carries.</summary>
    public async Task EndStraysAsync(ImmutableArray<string> adopted)
    {
        var kept = adopted.Select(version => InstanceRecords.CookieOf(paths, version)).ToHashSet(StringComparer.Ordinal);
        foreach (var cookie in supervision.Processes.Instances().Keys.Where(cookie => InstanceRecords.IsOf(paths, cookie) && !kept.Contains(cookie)))
        {
            environment.Log.Write($"ending what is left of {cookie}");
            await new ProcessTree(cookie, supervision.Processes, environment.Clock).StopAsync(TimeSpan.FromSeconds(5));
        }
    }

    private void Changed(ServedVersion version, InstanceState state)
    {
        version.State = state;
        environment.Log.Write($"{version.Id}: {state.Phase}{(state.Running is { } process ? $", process {process.Process.Pid}, port {process.Port}" : "")}");
        changed();
        Record();
    }

    private void Record()
    {
        lock (gate)
        {
            try
            {
                records.Write(running);
            }
            catch (ExpectedException failure)
            {
                // Serving goes on; only a crash of the host would then find an outdated record, and cookies still tell its processes.
                environment.Log.Write(failure.Message);
            }
        }
    }

    private async Task RetireAsync(ServedVersion leaving, ApplicationGateway? front)
    {
        var drain = leaving.Version.Manifest.Application.Drain;
        if (front is not null && await front.DrainAsync(leaving.Arm, drain) is > 0 and var left)
        {
            environment.Log.Write($"{leaving.Id}: {left} requests were still under way after {drain.TotalSeconds:0} s and are cut off");
        }

        capture.Forget(leaving.Arm.Capture);
        await leaving.Supervisor.StopAsync();
        await leaving.Supervisor.DisposeAsync();
        lock (gate)
        {
            running.Remove(leaving);
        }

        Record();
    }
}
