namespace MlDeploy.Core.Rollout;

/// <summary>
/// Thrown by a target that learns that the rollout was ended or steered without us: an alarm rolled it back, somebody stopped or
/// promoted it in the target's own console. The rollout goes on from what happened.
/// </summary>
public sealed class OutsideEventException(RolloutEvent happened) : Exception(happened.ToString())
{
    public RolloutEvent Happened { get; } = happened;
}
