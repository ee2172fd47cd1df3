using System.Text.Json.Serialization;
using MlDeploy.Core.Analysis.ModelGates;

namespace MlDeploy.Core.Analysis;

/// <summary>Units of one arm in one interval, and how many of them had the event (failed, were slow).</summary>
public readonly record struct ArmCount(long Units, long Events)
{
    public static ArmCount operator +(ArmCount left, ArmCount right) => new(left.Units + right.Units, left.Events + right.Events);
}

/// <summary>
/// What one gate read over one interval. The sequence of a step's measurements is all that judging needs:
/// it stands in the journal, and replaying it gives the same judgments.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CountMeasurement), "count")]
[JsonDerivedType(typeof(QuantileMeasurement), "quantile")]
[JsonDerivedType(typeof(LevelMeasurement), "level")]
[JsonDerivedType(typeof(TrendMeasurement), "trend")]
[JsonDerivedType(typeof(ModelMeasurement), "model")]
[JsonDerivedType(typeof(MissingMeasurement), "missing")]
public abstract record Measurement(string Gate);

/// <summary>
/// Events among units in this interval, both arms over the same time. Under stickiness: users first seen in this interval,
/// and users whose first failure fell into it (they may have been seen before).
/// </summary>
/// <param name="Stable">Null when there is no stable arm.</param>
public sealed record CountMeasurement(string Gate, ArmCount Candidate, ArmCount? Stable = null) : Measurement(Gate);

/// <summary>
/// A quantile gate's units of this interval that were slower than its limits, and its quantiles over the step so far, in seconds.
/// </summary>
/// <param name="Candidate">Slower than `max`; null when the gate has none.</param>
/// <param name="Stable">Likewise.</param>
/// <param name="RatioCandidate">Slower than <see cref="Judge.ThresholdFor"/> said before this interval; null when the gate has no `maxRatio`, or stable had shown too little.</param>
/// <param name="RatioStable">Likewise.</param>
/// <param name="CandidateValue">Null without requests.</param>
/// <param name="StableValue">Null while stable has shown too few requests to tell.</param>
public sealed record QuantileMeasurement(
    string Gate,
    ArmCount? Candidate = null,
    ArmCount? Stable = null,
    ArmCount? RatioCandidate = null,
    ArmCount? RatioStable = null,
    QuantileValue? CandidateValue = null,
    QuantileValue? StableValue = null) : Measurement(Gate);

/// <summary>A quantile and the ends of its time-uniform interval, in seconds; an end is null while there is no bound.</summary>
public readonly record struct QuantileValue(double Value, double? Low = null, double? High = null);

/// <summary>A level at one moment, in the metric's canonical unit.</summary>
/// <param name="Stable">Null where stable has no such level.</param>
public sealed record LevelMeasurement(string Gate, double Candidate, double? Stable = null) : Measurement(Gate);

/// <summary>A value at an age of the version's process.</summary>
/// <param name="Age">Seconds since the process started; going down means a new process.</param>
/// <param name="Candidate">In the unit whose growth is judged: bytes.</param>
public sealed record TrendMeasurement(string Gate, double Age, double Candidate) : Measurement(Gate);

/// <param name="Failed">True: the measurement itself failed (an unreachable server); false: there was nothing to read.</param>
public sealed record MissingMeasurement(string Gate, bool Failed, string Reason) : Measurement(Gate);
