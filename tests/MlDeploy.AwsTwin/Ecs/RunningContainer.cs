using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Processes;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>A container's process, its output on the way to its log stream, and its own health check.</summary>
internal sealed class RunningContainer : IDisposable
{
    private readonly ContainerProcess process;
    private readonly TaskLogs? logs;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly CancellationTokenSource checking = new();

    private RunningContainer(Container container, ContainerProcess process, TaskLogs? logs, ImmutableDictionary<int, int> ports, IReadOnlyDictionary<string, string> environment)
    {
        Container = container;
        this.process = process;
        this.logs = logs;
        Ports = ports;
        this.environment = environment;
    }

    public Container Container { get; }

    /// <summary>Container port and loopback port.</summary>
    public ImmutableDictionary<int, int> Ports { get; }

    public Task<int> Exit => process.Exit;

    public int ProcessId => process.Id;

    /// <summary>UNKNOWN, HEALTHY or UNHEALTHY.</summary>
    public string Health { get; private set; } = "UNKNOWN";

    public Action? HealthChanged { get; set; }

    /// <exception cref="TaskFailure">Its log group does not exist, or the command cannot be started.</exception>
    public static async Task<RunningContainer> StartAsync(
        TwinContext context, Container container, string command, ImmutableDictionary<string, string> secrets, ContainerOverride? overriding, EcsTask task, string region)
    {
        var logs = container.Logs is { } route ? await TaskLogs.OpenAsync(context, region, route, container.Name, task.Id, context.Ending) : null;
        var ports = container.Ports.ToImmutableDictionary(port => port, _ => FreePort.Find(IPAddress.Loopback));
        var environment = Environment(context, container, secrets, overriding, ports, task, region);
        var words = overriding is { Command.IsEmpty: false } ? overriding.Command : container.Command;
        try
        {
            var process = ContainerProcess.Start(["/bin/sh", "-c", command, container.Name, .. words], environment, line => logs?.Write(line));
            var running = new RunningContainer(container, process, logs, ports, environment);
            if (container.HealthCheck is { } check)
                _ = running.CheckAsync(check, context);
            return running;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new TaskFailure($"CannotStartContainerError: {error.Message}");
        }
    }

    public EcsContainer Describe(EcsContainer known) => known with
    {
        LastStatus = Exit.IsCompleted ? "STOPPED" : "RUNNING",
        ExitCode = Exit.IsCompletedSuccessfully ? Exit.Result : null,
        Ports = Ports,
        ProcessId = ProcessId,
        HealthStatus = Health,
    };

    /// <summary>SIGTERM, and SIGKILL after the time, which is real.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        await checking.CancelAsync();
        if (patience > TimeSpan.Zero)
        {
            process.Terminate();
            await Task.WhenAny(process.Exit, Task.Delay(patience));
        }

        process.Kill();
        await process.Exit;
        if (logs is not null)
            await logs.DisposeAsync();
        Dispose();
    }

    public void Dispose()
    {
        checking.Dispose();
        process.Dispose();
    }

    private static Dictionary<string, string> Environment(
        TwinContext context, Container container, ImmutableDictionary<string, string> secrets, ContainerOverride? overriding, ImmutableDictionary<int, int> ports, EcsTask task, string region)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS_REGION"] = region,
            ["AWS_DEFAULT_REGION"] = region,
            ["AWS_EXECUTION_ENV"] = "AWS_ECS_FARGATE",
            // The task role's credentials, in effect: whoever calls AWS from the application reaches the twin.
            ["AWS_ENDPOINT_URL"] = context.Endpoint.GetLeftPart(UriPartial.Authority),
            ["AWS_ACCESS_KEY_ID"] = "task",
            ["AWS_SECRET_ACCESS_KEY"] = "task",
            ["HOSTNAME"] = task.Id,
        };
        // What a program of this machine needs to run at all.
        foreach (var name in new[] { "PATH", "HOME", "LANG", "TMPDIR", "DOTNET_ROOT" })
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
                environment[name] = value;
        }

        foreach (var (name, value) in container.Environment)
            environment[name] = value;
        foreach (var (name, value) in secrets)
            environment[name] = value;
        foreach (var (name, value) in overriding?.Environment ?? ImmutableDictionary<string, string>.Empty)
            environment[name] = value;
        if (container.Ports is [var first, ..])
            environment["PORT"] = ports[first].ToString();
        return environment;
    }

    private async Task CheckAsync(ContainerHealthCheck check, TwinContext context)
    {
        var started = context.Clock.GetUtcNow();
        var failures = 0;
        try
        {
            while (!process.Exit.IsCompleted)
            {
                await Task.Delay(check.Interval, context.Clock, checking.Token);
                var isHealthy = await AskAsync(check, context);
                failures = isHealthy ? 0 : context.Clock.GetUtcNow() - started < check.StartPeriod ? failures : failures + 1;
                var health = isHealthy ? "HEALTHY" : failures >= check.Retries ? "UNHEALTHY" : Health;
                if (health == Health)
                    continue;
                Health = health;
                HealthChanged?.Invoke();
            }
        }
        catch (OperationCanceledException)
        {
            // The container stops.
        }
    }

    private async Task<bool> AskAsync(ContainerHealthCheck check, TwinContext context)
    {
        ImmutableArray<string> words = check.Command is ["CMD-SHELL", var line] ? ["/bin/sh", "-c", line] : check.Command is ["CMD", .. var rest] ? rest : check.Command;
        if (words.IsEmpty)
            return true;
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var asked = Process.Start(start)!;
        var real = context.Clock.ToReal(check.Timeout);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(checking.Token);
        timeout.CancelAfter(real > TimeSpan.FromSeconds(2) ? real : TimeSpan.FromSeconds(2));
        try
        {
            await asked.WaitForExitAsync(timeout.Token);
            return asked.ExitCode == 0;
        }
        catch (OperationCanceledException) when (!checking.IsCancellationRequested)
        {
            asked.Kill(entireProcessTree: true);
            return false;
        }
    }
}
