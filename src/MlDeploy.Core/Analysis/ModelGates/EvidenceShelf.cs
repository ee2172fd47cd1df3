using System.Collections.Concurrent;
using MlDeploy.Core.Model.Distances;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>
/// Evidence of distance, laid out once for each feature, measure and limit: a rehearsal judges thousands of rollouts by the same. For several threads at once.
/// It adds nothing to what a yardstick says, so all shelves are equal.
/// </summary>
internal sealed class EvidenceShelf : IEquatable<EvidenceShelf>
{
    private readonly ConcurrentDictionary<(JudgedFeature Feature, DistanceMeasure Measure, double Limit), ILimitEvidence> known = new(new ByFeatureItself());

    public ILimitEvidence Take(JudgedFeature feature, FeaturePartition partition, DistanceMeasure measure, double limit) =>
        known.GetOrAdd((feature, measure, limit), static (_, with) => LimitEvidence.For(with.measure, with.partition, with.limit), (measure, partition, limit));

    public bool Equals(EvidenceShelf? other) => other is not null;

    public override bool Equals(object? obj) => Equals(obj as EvidenceShelf);

    public override int GetHashCode() => 0;

    /// <summary>A feature's bins are long to compare, and a yardstick holds each feature once.</summary>
    private sealed class ByFeatureItself : IEqualityComparer<(JudgedFeature Feature, DistanceMeasure Measure, double Limit)>
    {
        public bool Equals((JudgedFeature Feature, DistanceMeasure Measure, double Limit) x, (JudgedFeature Feature, DistanceMeasure Measure, double Limit) y) =>
            ReferenceEquals(x.Feature, y.Feature) && x.Measure == y.Measure && x.Limit.Equals(y.Limit);

        public int GetHashCode((JudgedFeature Feature, DistanceMeasure Measure, double Limit) of) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(of.Feature), of.Measure, of.Limit);
    }
}
