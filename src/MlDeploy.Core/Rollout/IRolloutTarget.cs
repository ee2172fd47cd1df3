using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Rollout;

/// <summary>
/// What a rollout needs of the place where versions run. Every call is safe to repeat: after a kill it is made again.
/// Failures a user can act on are thrown as <see cref="Errors.ExpectedException"/>.
/// </summary>
public interface IRolloutTarget
{
    /// <summary>Starts the candidate and returns once it is healthy.</summary>
    Task StartCandidateAsync(CancellationToken cancel);

    /// <summary>Runs one test against the candidate alone; null when it passes, else why it failed.</summary>
    Task<string?> TestCandidateAsync(PreTrafficTest test, CancellationToken cancel);

    /// <summary>Reads every external metric once, before traffic moves; the ones that cannot be read.</summary>
    Task<IReadOnlyList<MissingMeasurement>> CheckEvidenceAsync(CancellationToken cancel);

    /// <summary>Sets the candidate's weight, 0–1, and returns it as read back from what routes the traffic.</summary>
    Task<double> SetWeightAsync(double weight, CancellationToken cancel);

    /// <summary>Begins a step's measuring: what came before is not counted.</summary>
    /// <returns>How long the step's weight has been in force already, where that can be known: it counts as time of the step.</returns>
    TimeSpan BeginStep(Judge judge);

    /// <summary>What happened since the last call (or the step's begin), one measurement per gate that has something new.</summary>
    Task<IReadOnlyList<Measurement>> MeasureAsync(CancellationToken cancel);

    /// <summary>Sends all traffic to stable, lets the candidate drain and removes it, and verifies what serves.</summary>
    /// <returns><see cref="StableVerified"/> or <see cref="StableNotVerified"/>.</returns>
    Task<RolloutEvent> RestoreStableAsync(CancellationToken cancel);

    /// <summary>Makes the candidate stable and retires the old version. Called after the promotion stands in the journal.</summary>
    Task CompletePromotionAsync(CancellationToken cancel);
}
