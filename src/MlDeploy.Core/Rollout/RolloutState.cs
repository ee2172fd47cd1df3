using System.Text.Json.Serialization;
using MlDeploy.Core.Errors;

namespace MlDeploy.Core.Rollout;

[JsonConverter(typeof(JsonStringEnumConverter<Phase>))]
public enum Phase
{
    Pending,

    /// <summary>The candidate's process starts and has to become healthy.</summary>
    Starting,

    /// <summary>Pre-traffic tests, and whether every external metric answers.</summary>
    Testing,

    /// <summary>The step's weight is being set and read back.</summary>
    Shifting,
    Judging,

    /// <summary>All traffic at the candidate, the old version still warm.</summary>
    Baking,

    /// <summary>Inconclusive under `onInconclusive: pause`: the weight stays until promote, abort or the deadline.</summary>
    Paused,
    Promoted,
    RollingBack,

    /// <summary>Stable was verified to serve 100 %.</summary>
    RolledBack,

    /// <summary>What serves what could not be put right or not be verified.</summary>
    Unsafe,

    /// <summary>Nothing was begun: another deployment was first.</summary>
    Refused,
}

/// <summary>Where a rollout stands. Always the fold of its journal's events.</summary>
/// <param name="Step">Index of the current or last step.</param>
/// <param name="Weight">The candidate's weight that was last asked for, 0–1.</param>
/// <param name="Exit">How the deploying command ends; set from the moment the outcome is known.</param>
/// <param name="Reason">One sentence, once there is something to explain.</param>
public sealed record RolloutState(Phase Phase, int Step, double Weight, DateTimeOffset Since, DateTimeOffset StartedAt, ExitCode? Exit = null, string? Reason = null)
{
    [JsonIgnore]
    public bool IsFinal => Phase is Phase.Promoted or Phase.RolledBack or Phase.Unsafe or Phase.Refused;

    public static RolloutState Initial(DateTimeOffset at) => new(Phase.Pending, 0, 0, at, at);
}
