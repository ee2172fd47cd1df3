using System.Text.Json.Serialization;

namespace MlDeploy.Core.Analysis;

/// <summary>Units of one arm in one interval, and how many of them had the event (failed, were slow).</summary>
public readonly record struct ArmCount(long Units, long Events);

/// <summary>
/// What one gate read over one interval. The sequence of a step's measurements is all that judging needs:
/// it stands in the journal, and replaying it gives the same judgments.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CountMeasurement), "count")]
[JsonDerivedType(typeof(LevelMeasurement), "level")]
[JsonDerivedType(typeof(MissingMeasurement), "missing")]
public abstract record Measurement(string Gate);

/// <summary>Events among units in this interval, both arms over the same time.</summary>
/// <param name="Stable">Null when there is no stable arm.</param>
/// <param name="CandidateValue">Quantile gates: the candidate's quantile so far in this step, in seconds.</param>
/// <param name="StableValue">Quantile gates: stable's quantile so far in this step, in seconds.</param>
/// <param name="AbsoluteCandidate">Quantile gates with both limits: the candidate's units slower than `max`, where the other counts are against the ratio's threshold.</param>
public sealed record CountMeasurement(
    string Gate,
    ArmCount Candidate,
    ArmCount? Stable,
    double? CandidateValue = null,
    double? StableValue = null,
    ArmCount? AbsoluteCandidate = null) : Measurement(Gate);

/// <summary>A level at one moment, in the metric's canonical unit.</summary>
/// <param name="Stable">Null where stable has no such level.</param>
public sealed record LevelMeasurement(string Gate, double Candidate, double? Stable) : Measurement(Gate);

/// <param name="Failed">True: the measurement itself failed (an unreachable server); false: there was nothing to read.</param>
public sealed record MissingMeasurement(string Gate, bool Failed, string Reason) : Measurement(Gate);
