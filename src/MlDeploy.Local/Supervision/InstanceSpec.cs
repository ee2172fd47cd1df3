using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Supervision;

/// <summary>One instance of a version: what to run, and when it counts as healthy.</summary>
public sealed record InstanceSpec
{
    /// <summary>Value of <see cref="InstanceCookie.Variable"/>: unique for each instance on this machine, and the same over its restarts.</summary>
    public required string Cookie { get; init; }

    public required ImmutableArray<string> Command { get; init; }

    /// <summary>The snapshot's folder.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>From <see cref="ApplicationEnvironment.Compose"/>; port and cookie are added at each start.</summary>
    public required ImmutableSortedDictionary<string, string> Environment { get; init; }

    /// <summary>Absolute; one for each instance.</summary>
    public required string LogFile { get; init; }

    public HealthSettings Health { get; init; } = new();

    /// <summary>How long a stopping instance has between SIGTERM and SIGKILL.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>It has served before: a start that fails is repeated for ever, since what it waits for (a database) may only be late.</summary>
    public bool Proven { get; init; }

    /// <summary>Bytes at which the log is rotated.</summary>
    public long LogLimit { get; init; } = Processes.LogFile.DefaultLimit;

    /// <summary>Rotated logs that are kept.</summary>
    public int LogsKept { get; init; } = Processes.LogFile.DefaultKept;
}

/// <summary>What all instances of a host share.</summary>
/// <param name="Http">From <see cref="HealthProbe.CreateClient"/>.</param>
public sealed record SupervisionContext(ProcessTable Processes, PortAllocator Ports, HttpMessageInvoker Http, TimeProvider Time, Random Random);
