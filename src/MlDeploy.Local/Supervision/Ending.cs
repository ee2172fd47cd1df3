using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Supervision;

internal enum EndingKind
{
    /// <summary>The process ended by itself.</summary>
    Exited,

    /// <summary>It runs, but did not become healthy in its time.</summary>
    NotHealthyInTime,

    /// <summary>It was healthy and no longer is.</summary>
    Unhealthy,

    /// <summary>It could not be started at all.</summary>
    NotStarted,
}

/// <summary>Why a run of an instance is over.</summary>
/// <param name="WasHealthy">It had been healthy in this run.</param>
internal sealed record Ending(EndingKind Kind, string Reason, string Remedy, bool WasHealthy)
{
    private const int LogLines = 10;

    private const string ReadTheLog = "Read the application's log (`mldeploy logs`) and try its command by hand with PORT set.";

    public static Ending Exited(int? code, string? lastAnswer, bool wasHealthy, LogFile log) => new(
        EndingKind.Exited,
        WithLog($"The process ended {Describe(code)}{(lastAnswer is null ? "" : $" (last health check: {lastAnswer})")}.", log),
        ReadTheLog,
        wasHealthy);

    public static Ending NotHealthyInTime(TimeSpan allowed, string? lastAnswer, LogFile log) => new(
        EndingKind.NotHealthyInTime,
        WithLog($"It did not become healthy within {allowed.TotalSeconds:0.###} s: {lastAnswer ?? "no health check was answered"}.", log),
        "See that it listens on 127.0.0.1 at the port in $PORT and answers application.health.path with 2xx, or raise application.health.startWithin.",
        WasHealthy: false);

    public static Ending Unhealthy(int checks, string lastAnswer, LogFile log) => new(
        EndingKind.Unhealthy, WithLog($"{checks} health checks in a row failed: {lastAnswer}.", log), ReadTheLog, WasHealthy: true);

    private static string Describe(int? code) => code switch
    {
        null => "(its exit code went to the host that started it)",
        137 => "with exit code 137 (SIGKILL: by hand, or because memory ran out)",
        139 => "with exit code 139 (SIGSEGV)",
        134 => "with exit code 134 (SIGABRT)",
        143 => "with exit code 143 (SIGTERM)",
        > 128 and < 160 => $"with exit code {code} (signal {code - 128})",
        _ => $"with exit code {code}",
    };

    private static string WithLog(string reason, LogFile log)
    {
        var lines = log.Tail(LogLines);
        return lines.IsEmpty
            ? $"{reason} It wrote nothing to its log."
            : $"{reason}\nLast lines of {log.Path}:{string.Concat(lines.Select(line => $"\n  {line}"))}";
    }
}
