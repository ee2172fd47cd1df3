using System.Collections.Immutable;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.Rehearsal;

/// <summary>The model of a rehearsal: features like a normal distribution, or a lognormal where a unit changes, as a profile of many rows has them. One of them has the effect.</summary>
internal static class ImaginedInputs
{
    /// <summary>The feature, or the prediction, that has the effect.</summary>
    public const string Affected = "feature 1";

    private const long ProfileRows = 100_000;

    /// <summary>Ends of twenty bins of equal mass and of what lies beyond them, in standard deviations.</summary>
    private static readonly ImmutableArray<double> Ends =
        [-Beyond, .. Enumerable.Range(1, NumberEdges.Bins - 1).Select(bin => Gauss.Quantile((double)bin / NumberEdges.Bins)), Beyond];

    private const double Beyond = 4.3;

    /// <param name="features">They share the budget of a gate.</param>
    /// <param name="missing">Share of rows without it in the profile.</param>
    public static ModelYardstick Yardstick(int features, double missing)
    {
        ImmutableArray<double> shares = [.. Shares(0)];
        JudgedFeature Of(string name) => new(name, FeatureKind.Number, missing, Ends, [], shares, [.. new double[shares.Length]], KnowsUnseen: false, ProfileRows);
        return new ModelYardstick("imagined", [.. Enumerable.Range(1, features).Select(at => Of($"feature {at}"))], Of(Affected), PredictionBins.Profile, StableSharesProfile: false);
    }

    /// <param name="moved">Standard deviations.</param>
    public static double[] Shares(double moved)
    {
        var (shares, before) = (new double[Ends.Length + 1], 0.0);
        for (var bin = 0; bin < shares.Length; bin++)
        {
            var upTo = bin < Ends.Length ? Gauss.Below(Ends[bin] - moved) : 1;
            (shares[bin], before) = (upTo - before, upTo);
        }

        return shares;
    }
}
