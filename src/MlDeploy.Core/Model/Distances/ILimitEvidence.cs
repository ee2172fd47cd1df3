namespace MlDeploy.Core.Model.Distances;

/// <summary>Evidence, valid at any time, that live values are farther from a reference than a limit allows, by one measure.</summary>
public interface ILimitEvidence
{
    FeaturePartition Partition { get; }

    /// <summary>The measured distance, as a reader sees it.</summary>
    /// <param name="counts">Live values in the partition's bins; at least one.</param>
    double Distance(ReadOnlySpan<double> counts);

    /// <summary>The distance that chance alone stays below in 95 of 100 windows of <paramref name="n"/> values drawn from the reference's own distribution.</summary>
    double Chance(double n);

    /// <summary>Logarithm of the e-value against "the distance is at most <paramref name="distance"/>"; falls in the distance.</summary>
    double Log(ReadOnlySpan<double> counts, double distance);

    /// <summary>The time-uniform lower bound of the distance: every smaller one is ruled out.</summary>
    /// <param name="level">Chance, 0–1 exclusive, that the bound ever lies above the distance.</param>
    double Lower(ReadOnlySpan<double> counts, double level);
}

/// <summary>Which evidence belongs to which measure.</summary>
public static class LimitEvidence
{
    /// <returns>False when the measure says nothing about such a feature: names lie nowhere, so nothing moves between them (Wasserstein).</returns>
    public static bool Applies(DistanceMeasure measure, FeaturePartition partition) =>
        measure is not DistanceMeasure.Wasserstein || (partition.IsNumeric && BinPositions.Of(partition) is not null);

    /// <param name="limit">The distance that matters: bets are laid out for it.</param>
    /// <exception cref="ArgumentException">The measure does not apply to the feature.</exception>
    public static ILimitEvidence For(DistanceMeasure measure, FeaturePartition partition, double limit) =>
        !Applies(measure, partition) ? throw new ArgumentException($"{measure} says nothing about such a feature", nameof(measure))
        : measure is DistanceMeasure.Overlap ? new DistanceEvidence(partition, limit)
        : new LinearEvidence(measure, partition);

    /// <summary>The largest limit that is ruled out, 0 when none is: doubling, then halving.</summary>
    internal static double Lower(Func<double, double> log, double level)
    {
        const int Halvings = 14;
        const double Widest = 1 << 20;
        var needed = -Math.Log(level);
        if (log(0) < needed)
        {
            return 0;
        }

        var (outside, inside) = (0.0, 1.0);
        while (inside < Widest && log(inside) >= needed)
        {
            (outside, inside) = (inside, 2 * inside);
        }

        for (var halving = 0; halving < Halvings; halving++)
        {
            var middle = (outside + inside) / 2;
            (outside, inside) = log(middle) >= needed ? (middle, inside) : (outside, middle);
        }

        return outside;
    }
}
