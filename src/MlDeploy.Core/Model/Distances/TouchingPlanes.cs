using System.Collections.Immutable;

namespace MlDeploy.Core.Model.Distances;

/// <summary>
/// Planes that lie below a distance wherever the live shares may be: distance(q) ≥ Σ scores·q − base. They are fixed before traffic, by the reference alone.
/// </summary>
internal static class TouchingPlanes
{
    private static readonly ImmutableArray<double> Shifts = [0.25, 0.5, 0.75, 1, 1.5, 2.2, 3.2];
    private static readonly ImmutableArray<double> Spreads = [-1, -0.5, -0.25, 0.15, 0.3, 0.6];
    private static readonly ImmutableArray<double> Spikes = [0.05, 0.15, 0.4, 0.9];

    public static IEnumerable<(ImmutableArray<double> Scores, double Base)> Ks(ImmutableArray<double> shares)
    {
        var below = 0.0;
        for (var bin = 0; bin < shares.Length - 1; bin++)
        {
            var end = bin;
            below += shares[bin];
            yield return ([.. shares.Select((_, at) => at <= end ? 1.0 : 0.0)], below);
            yield return ([.. shares.Select((_, at) => at > end ? 1.0 : 0.0)], 1 - below);
        }
    }

    /// <param name="positions">In standard deviations of the reference.</param>
    public static IEnumerable<(ImmutableArray<double> Scores, double Base)> Wasserstein(ImmutableArray<double> shares, ImmutableArray<double> positions)
    {
        var middle = positions[Middle(shares)];
        Func<double, double>[] scores = [x => x, x => -x, x => Math.Abs(x - middle), x => -Math.Abs(x - middle), x => Math.Max(0, x - middle), x => Math.Max(0, middle - x)];
        return scores.Select(score =>
        {
            ImmutableArray<double> scored = [.. positions.Select(score)];
            return (scored, Mean(scored, shares));
        });
    }

    /// <summary>The index as <see cref="OtherDistances.Psi"/> has it: shares below the floor count as the floor.</summary>
    public static IEnumerable<(ImmutableArray<double> Scores, double Base)> Psi(ImmutableArray<double> shares)
    {
        ImmutableArray<double> floored = [.. shares.Select(share => Math.Max(OtherDistances.LeastShare, share))];
        return Alternatives(floored).Select(alternative => Tangent(floored, alternative));
    }

    /// <summary>The gradient of Σ (q − p)·ln(q/p) at an alternative, and what is left of it where the plane meets the axis.</summary>
    private static (ImmutableArray<double> Scores, double Base) Tangent(ImmutableArray<double> p, ImmutableArray<double> q)
    {
        ImmutableArray<double> scores = [.. q.Select((share, bin) => Math.Log(share / p[bin]) + 1 - (p[bin] / share))];
        var index = q.Select((share, bin) => (share - p[bin]) * Math.Log(share / p[bin])).Sum();

        // Below the floor the index no longer rises, and a falling plane would.
        var floor = scores.Sum(score => Math.Max(0, -score)) * OtherDistances.LeastShare;
        return (scores, Mean(scores, q) - index + floor);
    }

    private static IEnumerable<ImmutableArray<double>> Alternatives(ImmutableArray<double> p)
    {
        var ranks = Ranks(p);
        foreach (var shift in Shifts)
        {
            yield return Tilted(p, bin => shift * ranks[bin]);
            yield return Tilted(p, bin => -shift * ranks[bin]);
        }

        foreach (var spread in Spreads)
        {
            yield return Tilted(p, bin => spread * ranks[bin] * ranks[bin]);
        }

        for (var filled = 0; filled < p.Length; filled++)
        {
            foreach (var spike in Spikes)
            {
                var bin = filled;
                yield return [.. p.Select((share, at) => ((1 - spike) * share) + (at == bin ? spike : 0))];
            }
        }
    }

    private static ImmutableArray<double> Tilted(ImmutableArray<double> p, Func<int, double> by)
    {
        var tilted = p.Select((share, bin) => share * Math.Exp(by(bin))).ToArray();
        var total = tilted.Sum();
        return [.. tilted.Select(share => Math.Max(OtherDistances.LeastShare, share / total))];
    }

    /// <summary>The standard normal number at the middle of each bin's ranks, nearly (Tukey's λ = 0.14), within ±3.</summary>
    private static double[] Ranks(ImmutableArray<double> p)
    {
        const double Lambda = 0.14;
        var (below, total) = (0.0, p.Sum());
        return [.. p.Select(share =>
        {
            var middle = Math.Clamp((below + (share / 2)) / total, 1e-6, 1 - 1e-6);
            below += share;
            return Math.Clamp((Math.Pow(middle, Lambda) - Math.Pow(1 - middle, Lambda)) * 4.91, -3, 3);
        })];
    }

    private static int Middle(ImmutableArray<double> shares)
    {
        var (below, bin) = (shares[0], 0);
        while (below < 0.5 && bin < shares.Length - 1)
        {
            below += shares[++bin];
        }

        return bin;
    }

    private static double Mean(ImmutableArray<double> scores, ImmutableArray<double> shares) => scores.Select((score, bin) => score * shares[bin]).Sum();
}
