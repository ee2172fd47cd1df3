namespace MlDeploy.AwsTwin.LoadBalancing;

internal enum TargetState
{
    Initial,
    Healthy,
    Unhealthy,
    Draining,
}

/// <summary>A registered target and what its health checks said. Changed only under its registry's lock.</summary>
internal sealed class Target(string id, int port, DateTimeOffset registered)
{
    private int successes;
    private int failures;

    public string Id { get; } = id;

    public int Port { get; } = port;

    public DateTimeOffset Registered { get; } = registered;

    public TargetState State { get; private set; } = TargetState.Initial;

    /// <summary>AWS's reason code, and its sentence.</summary>
    public (string Code, string Text)? Reason { get; private set; } =
        ("Elb.RegistrationInProgress", "Target registration is in progress");

    /// <summary>When a draining target is forgotten.</summary>
    public DateTimeOffset DrainedAt { get; private set; }

    public DateTimeOffset NextCheck { get; set; } = registered;

    public bool IsChecked { get; set; }

    /// <summary>A check that succeeded. A new target needs one, a failed one as many as the group says.</summary>
    public void Passed(HealthCheck check)
    {
        failures = 0;
        successes++;
        if (State == TargetState.Initial || (State == TargetState.Unhealthy && successes >= check.HealthyThreshold))
            (State, Reason) = (TargetState.Healthy, null);
    }

    public void Failed(HealthCheck check, string code, string text)
    {
        successes = 0;
        failures++;
        if (State == TargetState.Draining)
            return;
        if (failures >= check.UnhealthyThreshold)
            (State, Reason) = (TargetState.Unhealthy, (code, text));
        else if (State == TargetState.Initial)
            Reason = ("Elb.InitialHealthChecking", "Initial health checks in progress");
    }

    public void Drain(DateTimeOffset until)
    {
        (State, DrainedAt) = (TargetState.Draining, until);
        Reason = ("Target.DeregistrationInProgress", "Target deregistration is in progress");
    }
}
