using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// The reference is a sample itself: what share its population may really have, and what it costs to assume so.
/// <para>
/// Had the population the share s, the likelihood ratio of the reference's N rows under a smaller share over s would be an e-value; a mixture of such ratios, h(s), is one too.
/// For the true s the product of h(s) with an e-process that knows s is an e-process, so the least product over all s is one without knowing it (the split of evidence
/// of universal inference: Wasserman, Ramdas and Balakrishnan 2020). Here s goes over a grid: between two of its points h is at least what it is
/// at the lower one, and the bound at most what it is at the upper one. The share of a function with values in an interval is dominated by that of two values
/// (Hoeffding 1963), so the same holds for weighted bins.
/// </para>
/// </summary>
internal sealed class ReferenceDoubt
{
    /// <summary>Staked on a population that is as the reference: of a reference that is far larger than what is compared, its logarithm is nearly all that doubt costs.</summary>
    private const double Trusting = 0.45;

    /// <summary>Standard deviations by which the population may be off; then twice as many, and so on, with <see cref="Stakes"/>, then always half of what is left.</summary>
    private const double FirstTilt = 0.7;

    private const double FineStep = 0.125;
    private const double FineUpTo = 4;
    private const double Coarser = 1.25;

    private static readonly double[] Stakes = [0.15, 0.2, 0.1];

    private readonly double rows;
    private readonly Lazy<(double[] Shares, double[] Logs)> grid;

    /// <param name="share">The reference's, 0–1.</param>
    /// <param name="rows">Values it is a share of.</param>
    public ReferenceDoubt(double share, double rows)
    {
        (Share, this.rows) = (Math.Clamp(share, 0, 1), Math.Max(1, rows));
        grid = new(Grid, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>The reference's, 0–1.</summary>
    public double Share { get; }

    /// <summary>Upper ends of the grid, ascending to 1.</summary>
    public double[] Shares => grid.Value.Shares;

    /// <summary>Least log h up to each of them from the one before.</summary>
    public double[] Logs => grid.Value.Logs;

    private (double[] Shares, double[] Logs) Grid()
    {
        var tilts = Tilts();
        var (shares, logs) = (new List<double> { Share }, new List<double> { Math.Log(Trusting) });
        for (var z = 0.0; shares[^1] < 1; z = Next(z))
        {
            logs.Add(Log(shares[^1], tilts));
            shares.Add(Math.Min(1, At(Next(z))));
        }

        return ([.. shares], [.. logs]);
    }

    private static double Next(double z) => z < FineUpTo ? z + FineStep : z * Coarser;

    /// <summary>The share from which the reference's is z standard deviations off, or so: any grid will do.</summary>
    private double At(double z) => Share + (z * Math.Sqrt(Share * (1 - Share) / rows)) + (z * z / (2 * rows));

    /// <summary>Smaller shares than the population's, as factors on the odds, each with what is staked on it.</summary>
    private List<(double Stake, double Factor)> Tilts()
    {
        var (tilts, left) = (new List<(double, double)>(), 1 - Trusting);
        for (var z = FirstTilt; At(z) < 1; z *= 2)
        {
            var larger = At(z);
            var stake = tilts.Count < Stakes.Length ? Stakes[tilts.Count] : left / 2;
            tilts.Add((stake, Share * (1 - larger) / (larger * (1 - Share))));
            left -= stake;
        }

        return tilts;
    }

    /// <summary>log h(s): each ratio is Π e^(−λ·y) / (1 − s + s·e^(−λ)), rising in s.</summary>
    private double Log(double s, List<(double Stake, double Factor)> tilts)
    {
        var total = Math.Log(Trusting);
        foreach (var (stake, factor) in tilts)
        {
            var hits = Share > 0 ? Share * Math.Log(factor) : 0;
            total = Logarithms.Add(total, Math.Log(stake) + (rows * (hits - Logarithms.LogOnePlus(s * (factor - 1)))));
        }

        return total;
    }
}
