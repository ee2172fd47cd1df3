namespace MlDeploy.Aws.Clients.Calling;

/// <summary>How often a call that was throttled or met a passing failure is made again.</summary>
public sealed record RetryOptions
{
    /// <summary>Attempts a call, the first included; 1 to 20. Ten get through where a third of all calls fail (1 in 50,000 does not).</summary>
    public int Attempts { get; init; } = 10;

    /// <summary>The longest wait before the second attempt; each further one is twice as long, at random between none and that.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>No attempt begins later than this after the first: a service that is down is said so within two minutes.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>One attempt; a service answers within seconds or not at all.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts where no connection comes about: a wrong endpoint does not get right by asking.</summary>
    public int ConnectAttempts { get; init; } = 3;
}
