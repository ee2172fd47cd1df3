namespace MlDeploy.AwsTwin.Metrics;

/// <summary>The values of one metric in one period: a statistic set, and how often each value occurred while that is known.</summary>
internal sealed class Datum
{
    private SortedDictionary<double, double>? counts = [];

    public double Count { get; private set; }

    public double Sum { get; private set; }

    public double Minimum { get; private set; } = double.PositiveInfinity;

    public double Maximum { get; private set; } = double.NegativeInfinity;

    /// <summary>Value and count in rising order; null when only a statistic set was sent, of which CloudWatch gives no percentile.</summary>
    public IReadOnlyDictionary<double, double>? Counts => counts;

    public void Add(double value, double count = 1)
    {
        Count += count;
        Sum += value * count;
        Minimum = Math.Min(Minimum, value);
        Maximum = Math.Max(Maximum, value);
        if (counts is not null)
            counts[value] = counts.GetValueOrDefault(value) + count;
    }

    public void AddSet(double count, double sum, double minimum, double maximum)
    {
        // One value, or all alike: the set says everything.
        if (count == 1 || minimum == maximum)
        {
            Add(minimum, count);
            return;
        }

        Count += count;
        Sum += sum;
        Minimum = Math.Min(Minimum, minimum);
        Maximum = Math.Max(Maximum, maximum);
        counts = null;
    }

    public void Add(Datum other)
    {
        if (other.counts is null)
        {
            AddSet(other.Count, other.Sum, other.Minimum, other.Maximum);
            return;
        }

        foreach (var (value, count) in other.counts)
            Add(value, count);
    }
}
