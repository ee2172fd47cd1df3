using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Applications;
using MlDeploy.Local.Control;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Hosting;

/// <summary>The host while it runs: the applications of one user, and when to end.</summary>
internal sealed class LocalHost(HostEnvironment environment, int? watcher) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Application> applications = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<bool> stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DateTimeOffset startedAt = environment.Clock.GetUtcNow();

    /// <summary>Completes when the host was asked to end: true to leave applications running for the next host.</summary>
    public Task<bool> Stopping => stop.Task;

    public void RequestStop(bool handover) => stop.TrySetResult(handover);

    public HostStatus Status() => new(
        environment.Self.ToolVersion,
        Environment.ProcessId,
        watcher,
        startedAt,
        [.. applications.Keys.Order(StringComparer.Ordinal)],
        [.. applications.Values.Where(application => application.IsDeploying).Select(application => application.Name).Order(StringComparer.Ordinal)]);

    /// <summary>Takes up every application the state knows: stable first, then what was under way.</summary>
    public async Task RecoverAsync(CancellationToken cancel)
    {
        await Parallel.ForEachAsync(environment.Paths.Applications(), cancel, async (name, _) =>
        {
            try
            {
                await OfName(name).RecoverAsync();
            }
            catch (ExpectedException failure)
            {
                environment.Log.Write($"{name}: could not be recovered: {failure.Message}. {failure.Remedy}");
            }
        });
    }

    public Application OfName(string name) => applications.GetOrAdd(name, static (key, env) => new Application(key, env), environment);

    public Application Existing(string name) => applications.TryGetValue(name, out var application) && application.Exists
        ? application
        : throw new ExpectedException(
            ExitCode.Usage,
            $"the local target has no application {name}{Known()}",
            "deploy it with `mldeploy deploy`, or check `name` in the manifest and MLDEPLOY_STATE");

    public async Task DestroyAsync(string name)
    {
        await Existing(name).DestroyAsync();
        applications.TryRemove(name, out _);
    }

    /// <summary>Ends every application, or lets go of it.</summary>
    public async Task EndAsync(bool handover) =>
        await Task.WhenAll(applications.Values.Select(application => handover ? application.LetGoAsync() : application.StopAsync()));

    public async ValueTask DisposeAsync() => await EndAsync(handover: true);

    private string Known() => applications.Values.Any(application => application.Exists)
        ? $"; it has {string.Join(", ", applications.Values.Where(application => application.Exists).Select(application => application.Name).Order(StringComparer.Ordinal))}"
        : "";
}
