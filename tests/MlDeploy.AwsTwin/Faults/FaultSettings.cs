using System.Collections.Immutable;

namespace MlDeploy.AwsTwin.Faults;

/// <summary>What goes wrong on purpose. Sent whole by `PUT /_twin/faults`; what is left out is off.</summary>
internal sealed record FaultSettings
{
    /// <summary>Seeds the draws of the shares below, so that a run can be repeated.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Share of clients' calls answered with the service's throttling error, 0–1.</summary>
    public double Throttle { get; init; }

    /// <summary>Share of clients' calls answered with an internal error (HTTP 500 or 503), 0–1.</summary>
    public double ServerError { get; init; }

    /// <summary>Twin seconds that every client's call takes longer.</summary>
    public double SlowSeconds { get; init; }

    /// <summary>Real seconds from now during which connections are cut before any answer.</summary>
    public double UnreachableSeconds { get; init; }

    /// <summary>Signing names of the services whose connections are cut meanwhile, as `monitoring`; all when empty.</summary>
    public ImmutableArray<string> UnreachableServices { get; init; } = [];

    /// <summary>IAM actions denied to everyone, the twin's own calls on a client's behalf included: `cloudformation:CreateChangeSet`, `ecs:*`.</summary>
    public ImmutableArray<string> Deny { get; init; } = [];

    /// <summary>With this set only the actions that match are allowed (a role that may only read); `Deny` still wins.</summary>
    public ImmutableArray<string> AllowOnly { get; init; } = [];

    /// <summary>Actions that fail with an error of one's own.</summary>
    public ImmutableArray<ActionFailure> Fail { get; init; } = [];
}

/// <param name="Action">As in `Deny`.</param>
/// <param name="Times">How often before it succeeds again; null for always.</param>
/// <param name="ClientsOnly">AWS's own calls between services still succeed: CloudWatch is out of the client's reach, while CodeDeploy polls its alarms.</param>
internal sealed record ActionFailure(string Action, string Code, string Message, int Status = 400, int? Times = null, bool ClientsOnly = false);
