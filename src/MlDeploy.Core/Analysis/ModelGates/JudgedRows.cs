using System.Collections.Immutable;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>Rows that a gate judges together: all of the step, or one slice of it.</summary>
/// <param name="Slice">Null for all rows.</param>
/// <param name="Part">Of the gate's budget, 0–1: all rows and all slices together take one half each.</param>
internal sealed record JudgedRows(string? Slice, long Rows, ImmutableArray<FeatureTally> Features, string? Void, double Part);
