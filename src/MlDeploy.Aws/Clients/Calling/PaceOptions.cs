namespace MlDeploy.Aws.Clients.Calling;

/// <summary>
/// How fast one action is called. The services allow some ten calls a second for the actions that are polled, shared by the
/// whole account; a poll every 10 s is far from it, a loop gone wrong or a hundred pages are not. With these defaults we take half of it
/// and never more at once than two seconds' worth.
/// </summary>
public sealed record PaceOptions
{
    /// <summary>Calls of one action that may follow each other at once.</summary>
    public int Burst { get; init; } = 20;

    /// <summary>Calls of one action a second, beyond the burst.</summary>
    public double PerSecond { get; init; } = 5;
}
