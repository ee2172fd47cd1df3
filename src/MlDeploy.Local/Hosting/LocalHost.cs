using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Applications;
using MlDeploy.Local.Control;
using MlDeploy.Local.Processes;
using MlDeploy.Local.Supervision;

namespace MlDeploy.Local.Hosting;

/// <summary>The host while it runs: the applications of one user, and when to end.</summary>
internal sealed class LocalHost : IAsyncDisposable
{
    private readonly HostEnvironment environment;
    private readonly ProcessIdentity? watcher;
    private readonly DateTimeOffset startedAt;
    private readonly SupervisionContext supervision;
    private readonly ConcurrentDictionary<string, Application> applications = new(StringComparer.Ordinal);
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HttpMessageInvoker health = HealthProbe.CreateClient();
    private readonly TaskCompletionSource<bool> stop = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LocalHost(HostEnvironment environment, ProcessIdentity? watcher)
    {
        this.environment = environment;
        this.watcher = watcher;
        startedAt = environment.Clock.GetUtcNow();
        supervision = new SupervisionContext(
            new ProcessTable(environment.Clock), new PortAllocator(NewRandom()), health, environment.Clock, NewRandom());
    }

    /// <summary>Completes when the host was asked to end: true to leave applications running for the next host.</summary>
    public Task<bool> Stopping => stop.Task;

    public void RequestStop(bool handover) => stop.TrySetResult(handover);

    public HostStatus Status() => new(
        environment.Self.ToolVersion,
        Environment.ProcessId,
        watcher?.Pid,
        startedAt,
        [.. Applications.Select(application => application.Name)],
        [.. applications.Values.Where(application => application.IsDeploying).Select(application => application.Name).Order(StringComparer.Ordinal)]);

    /// <summary>Those that were ever deployed, by name.</summary>
    public ImmutableArray<Application> Applications => [.. applications.Values.Where(application => application.Exists).OrderBy(application => application.Name, StringComparer.Ordinal)];

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
            catch (Exception bug)
            {
                // Whatever is wrong with one application, the others serve.
                environment.Log.Write($"{name}: could not be recovered: {bug}");
            }
        });
    }

    public Application OfName(string name) => applications.GetOrAdd(name, key => new Application(key, environment, supervision, http));

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

    public ValueTask DisposeAsync()
    {
        foreach (var application in applications.Values)
        {
            application.Dispose();
        }

        http.Dispose();
        health.Dispose();
        return ValueTask.CompletedTask;
    }

    private Random NewRandom() => new(environment.Random.Next());

    private string Known() => Applications is { IsEmpty: false } known ? $"; it has {string.Join(", ", known.Select(application => application.Name))}" : "";
}
