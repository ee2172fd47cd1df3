namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// One bet that live values are far from the reference: each value wins or loses by the score of its bin. For any scores f and any distribution whose total variation from the
/// reference's P is at most t, the mean of f is at most E_P f + t · (max f − min f); so the product of f / that bound is an e-process, whatever f is.
/// It falls pointwise when t grows, so that the limits it rules out form an interval.
/// </summary>
internal sealed class Contrast
{
    /// <summary>Evidence that is not worth working out: 1, where failures need hundreds. What a mixture leaves out only makes it smaller.</summary>
    private const double Nothing = 0;

    private readonly double logStake;
    private readonly double[] logScores;
    private readonly double least;
    private readonly double spread;
    private readonly double limit;
    private readonly double leastCost;
    private readonly ReferenceDoubt doubt;
    private double[]? costs;

    /// <param name="stake">Share of the evidence staked on it, 0–1.</param>
    /// <param name="scores">Of each bin, above 0; not all the same.</param>
    /// <param name="limit">Total variation that is looked at most often.</param>
    /// <param name="doubt">As <see cref="DoubtOf"/> gives it for these scores or any linear function of them.</param>
    public Contrast(double stake, double[] scores, double limit, ReferenceDoubt doubt)
    {
        (least, var most) = (scores.Min(), scores.Max());
        (logStake, spread, this.limit, this.doubt) = (Math.Log(stake), most - least, limit, doubt);
        logScores = [.. scores.Select(score => Math.Log(score))];
        leastCost = Cost(doubt.Share, limit);
    }

    /// <summary>The reference's mean score as a share of the way from the least to the most, with its sketch's error: a run of bins errs at its ends only.</summary>
    public static ReferenceDoubt DoubtOf(FeaturePartition partition, double[] scores)
    {
        var (least, most, mean, error) = (scores.Min(), scores.Max(), 0.0, 0.0);
        for (var bin = 0; bin < scores.Length; bin++)
        {
            mean += partition.Shares[bin] * scores[bin];
            error += bin + 1 < scores.Length ? partition.Errors[bin] * Math.Abs(scores[bin + 1] - scores[bin]) : 0;
        }

        return new ReferenceDoubt((mean + error - least) / (most - least), partition.ReferenceCount);
    }

    /// <summary>Logarithm of the e-value times what is staked on it; −∞ where it would not count.</summary>
    /// <param name="n">All of the counts.</param>
    public double Log(ReadOnlySpan<double> counts, double n, double variation)
    {
        var gained = logStake;
        for (var bin = 0; bin < counts.Length; bin++)
        {
            gained += counts[bin] * logScores[bin];
        }

        // A reference without doubt would give more. Most bets are lost by then, and their doubt is never worked out.
        return gained - (n * (variation == limit ? leastCost : Cost(doubt.Share, variation))) < Nothing
            ? double.NegativeInfinity
            : gained + Worst(n, variation == limit ? costs ??= Costs(limit) : Costs(variation));
    }

    private double Worst(double n, double[] paid)
    {
        var worst = double.PositiveInfinity;
        for (var at = 0; at < paid.Length; at++)
        {
            worst = Math.Min(worst, doubt.Logs[at] - (n * paid[at]));
        }

        return worst;
    }

    private double[] Costs(double variation) => [.. doubt.Shares.Select(share => Cost(share, variation))];

    private double Cost(double share, double variation) => Math.Log(least + (spread * Math.Min(1, share + variation)));
}
