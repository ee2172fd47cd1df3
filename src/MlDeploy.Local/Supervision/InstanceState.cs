using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Supervision;

public enum InstancePhase
{
    /// <summary>The process runs and has not passed its health checks yet.</summary>
    Starting,
    Healthy,

    /// <summary>It failed its health checks; it is about to be ended and started again.</summary>
    Unhealthy,

    /// <summary>No process runs; the next start is due after a delay.</summary>
    Restarting,

    /// <summary>Ended on request. Final.</summary>
    Stopped,

    /// <summary>Never became healthy. Final: nothing runs, nothing will be started.</summary>
    Failed,
}

/// <summary>What is known of an instance at one moment. Every change raises a new one.</summary>
/// <param name="Reason">Why it is Unhealthy, Restarting or Failed: exit code, last health answer, last lines of the log. May have several lines.</param>
/// <param name="Restarts">Times it ended, or was ended for being unhealthy, and was started again.</param>
/// <param name="Running">Null while no process runs.</param>
/// <param name="Since">When this phase began.</param>
public sealed record InstanceState(InstancePhase Phase, string? Reason, int Restarts, RunningInstance? Running, DateTimeOffset Since)
{
    /// <summary>What to do about a failure, as an imperative sentence; null otherwise.</summary>
    public string? Remedy { get; init; }

    /// <summary>Where it answers; null while no process runs. May change with a restart.</summary>
    public int? Port => Running?.Port;

    /// <summary>True when nothing changes any more by itself.</summary>
    public bool IsFinal => Phase is InstancePhase.Stopped or InstancePhase.Failed;
}

/// <summary>What a later host needs to adopt a running instance; belongs into the state file at every change.</summary>
/// <param name="OnceHealthy">It has been healthy: from then on it is restarted for ever instead of given up.</param>
public sealed record RunningInstance(ProcessIdentity Process, int Port, DateTimeOffset StartedAt, int Restarts, bool OnceHealthy);
