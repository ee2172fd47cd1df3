namespace MlDeploy.Core.Model.Sketches;

/// <summary>A digest's sorted centroids, and the one pass that merges sorted numbers into them.</summary>
internal sealed class Centroids
{
    private const int FirstCapacity = 64;

    /// <summary>Centroids that may be closed early in a pass, because they are one number that many rows have.</summary>
    private const int MostPiles = 256;

    private readonly Scale scale;
    private double[] means;
    private double[] weights;
    private double[] nextMeans;
    private double[] nextWeights;

    public Centroids(Scale scale)
    {
        this.scale = scale;
        (means, weights, nextMeans, nextWeights) = (new double[FirstCapacity], new double[FirstCapacity], new double[FirstCapacity], new double[FirstCapacity]);
    }

    public int Count { get; private set; }

    public double Weight { get; private set; }

    public double Min { get; private set; } = double.NaN;

    public double Max { get; private set; } = double.NaN;

    public int MostCentroids => scale.MostCentroids + MostPiles;

    public ReadOnlySpan<double> Means => means.AsSpan(0, Count);

    public ReadOnlySpan<double> Weights => weights.AsSpan(0, Count);

    /// <summary>A merged digest's ends are exact, though its outermost centroids need not lie there.</summary>
    public void Widen(double min, double max)
    {
        Min = double.IsNaN(Min) ? min : Math.Min(Min, min);
        Max = double.IsNaN(Max) ? max : Math.Max(Max, max);
    }

    public void Fill(double min, double max, ReadOnlySpan<double> sortedMeans, ReadOnlySpan<double> itsWeights)
    {
        Widen(min, max);
        (means, weights) = (sortedMeans.ToArray(), itsWeights.ToArray());
        Count = sortedMeans.Length;
        foreach (var weight in itsWeights)
        {
            Weight += weight;
        }
    }

    /// <param name="values">Sorted, at least one.</param>
    /// <param name="itsWeights">One per value; empty: 1 each.</param>
    public void Merge(ReadOnlySpan<double> values, ReadOnlySpan<double> itsWeights)
    {
        Widen(values[0], values[^1]);
        var total = Weight + (itsWeights.IsEmpty ? values.Length : Sum(itsWeights));
        MakeRoom(Math.Min(Count + values.Length, MostCentroids));
        var merging = new Pass(nextMeans, nextWeights, scale, total);
        var (old, fresh) = (0, 0);
        var oldMeans = means.AsSpan(0, Count);
        var oldWeights = weights.AsSpan(0, Count);
        while (old < oldMeans.Length && fresh < values.Length)
        {
            if (values[fresh] < oldMeans[old])
            {
                merging.Take(values[fresh], itsWeights.IsEmpty ? 1 : itsWeights[fresh]);
                fresh++;
            }
            else
            {
                merging.Take(oldMeans[old], oldWeights[old]);
                old++;
            }
        }

        for (; old < oldMeans.Length; old++)
        {
            merging.Take(oldMeans[old], oldWeights[old]);
        }

        for (; fresh < values.Length; fresh++)
        {
            merging.Take(values[fresh], itsWeights.IsEmpty ? 1 : itsWeights[fresh]);
        }

        Count = merging.End();
        Weight = total;
        (means, weights, nextMeans, nextWeights) = (nextMeans, nextWeights, means, weights);
    }

    private void MakeRoom(int most)
    {
        if (nextMeans.Length < most)
        {
            var room = Math.Min(MostCentroids, Math.Max(most, 2 * nextMeans.Length));
            (nextMeans, nextWeights) = (new double[room], new double[room]);
        }
    }

    private static double Sum(ReadOnlySpan<double> numbers)
    {
        var sum = 0.0;
        foreach (var number in numbers)
        {
            sum += number;
        }

        return sum;
    }

    /// <summary>One pass from the smallest to the largest number.</summary>
    private ref struct Pass(Span<double> toMeans, Span<double> toWeights, Scale scale, double total)
    {
        private readonly Span<double> toMeans = toMeans;
        private readonly Span<double> toWeights = toWeights;
        private int count;
        private double before;
        private double limit;
        private double weight;
        private double origin;
        private double excess;
        private int equals;
        private int piles;

        public void Take(double mean, double itsWeight)
        {
            var joined = weight + itsWeight;
            if (joined > limit || (equals > 0 && mean != origin && IsPile()))
            {
                Close();
                (weight, origin, excess, equals) = (itsWeight, mean, 0, 0);
            }
            else if (mean == origin)
            {
                weight = joined;
                equals++;
            }
            else
            {
                // Relative to the centroid's first number: sums of numbers around 1e300 would overflow, and those far from 0 lose digits.
                excess += (mean - origin) * itsWeight;
                weight = joined;
            }
        }

        public int End()
        {
            Close();
            return count;
        }

        /// <summary>One number that many rows have is not mixed with the next: few-valued numbers would lose where one ends and the next begins.</summary>
        private bool IsPile()
        {
            if (excess != 0 || 4 * weight < limit || piles >= MostPiles)
            {
                return false;
            }

            piles++;
            return true;
        }

        private void Close()
        {
            if (weight > 0)
            {
                var mean = origin + (excess / weight);
                toMeans[count] = double.IsFinite(mean) ? mean : origin;
                toWeights[count] = weight;
                count++;
                before += weight;
            }

            limit = scale.Limit(before, total);
        }
    }
}
