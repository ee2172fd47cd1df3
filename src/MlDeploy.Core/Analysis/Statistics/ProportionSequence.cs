namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>
/// A confidence sequence for a proportion: an interval that holds the true share at all times at once
/// with probability at least 1 − <paramref name="level"/>, however often and for whatever reason one looks.
/// <para>
/// For a share m, the beta mixture of likelihood ratios
/// <c>B(a + k, b + n − k) / B(a, b) / (mᵏ (1 − m)ⁿ⁻ᵏ)</c> is a martingale that starts at 1 (Robbins 1970,
/// "Statistical methods related to the law of the iterated logarithm"); by Ville's inequality it reaches 1/level with
/// probability at most level. The interval is every m for which it has not (Howard, Ramdas, McAuliffe and Sekhon 2021,
/// "Time-uniform, nonparametric, nonasymptotic confidence sequences", section on the beta-binomial mixture).
/// </para>
/// <para>
/// The lower end rises with k at a given n, so the chance that it ever lies above a limit is largest where the share is the
/// limit itself: as a test of "at most the limit" it holds for shares that vary in time below it, too.
/// </para>
/// </summary>
/// <param name="level">Chance, 0–1 exclusive, that the interval ever misses.</param>
public sealed class ProportionSequence(double level)
{
    /// <summary>Jeffreys' prior: loses least to the unknown share over the whole range, the small ones a service has included.</summary>
    private const double Prior = 0.5;

    private static readonly double LogPriorBeta = LogBeta.Of(Prior, Prior);

    /// <summary>The logarithm that the evidence against a share must reach: log(1 / level).</summary>
    public double Needed { get; } = -Math.Log(level);

    /// <summary>Logarithm of the evidence against the share <paramref name="m"/>; +∞ where it is impossible.</summary>
    public static double Evidence(double k, double n, double m) =>
        LogBeta.Of(Prior + k, Prior + n - k) - LogPriorBeta - Times(k, Math.Log(m)) - Times(n - k, Logarithms.LogOnePlus(-m));

    /// <summary>Whether all shares up to <paramref name="limit"/> are ruled out: the lower end lies above it.</summary>
    public bool IsAbove(double k, double n, double limit) => k > n * limit && Evidence(k, n, limit) >= Needed;

    public double Lower(double k, double n) => n <= 0 || k <= 0 ? 0 : Solve(k, n, outside: 0, inside: k / n);

    public double Upper(double k, double n) => n <= 0 || k >= n ? 1 : Solve(k, n, outside: 1, inside: k / n);

    /// <summary>
    /// Ends of the ranks, among <paramref name="n"/> sorted values, between which the quantile lies at all times: the number of values
    /// at or below the true quantile is a count of a proportion known to be <paramref name="quantile"/>
    /// (Howard and Ramdas 2022, "Sequential estimation of quantiles", a fixed quantile). Low may be 0, high may be n + 1: no bound yet.
    /// </summary>
    public (long Low, long High) QuantileRanks(long n, double quantile)
    {
        var middle = (long)Math.Floor(n * quantile);
        return (FirstWithin(0, middle), FirstOutside(middle, n + 1));

        long FirstWithin(long below, long within)
        {
            while (below < within)
            {
                var rank = below + ((within - below) / 2);
                (below, within) = Evidence(rank, n, quantile) < Needed ? (below, rank) : (rank + 1, within);
            }

            return within;
        }

        long FirstOutside(long within, long above)
        {
            while (within < above)
            {
                var rank = within + ((above - within) / 2);
                (within, above) = rank <= n && Evidence(rank, n, quantile) < Needed ? (rank + 1, above) : (within, rank);
            }

            return above;
        }
    }

    /// <summary>The evidence is convex in m with its least value at k/n: halving finds the one crossing on a side.</summary>
    private double Solve(double k, double n, double outside, double inside)
    {
        for (var halving = 0; halving < 60 && Math.Abs(inside - outside) > 1e-12 * Math.Max(inside, outside); halving++)
        {
            var middle = (inside + outside) / 2;
            (outside, inside) = Evidence(k, n, middle) >= Needed ? (middle, inside) : (outside, middle);
        }

        return outside;
    }

    /// <summary>0 · log 0 is 0.</summary>
    private static double Times(double count, double logarithm) => count <= 0 ? 0 : count * logarithm;
}
