using System.Collections.Immutable;
using MlDeploy.Core.Report;

namespace MlDeploy.Specs.Report;

/// <summary>Features as capture would hand them over.</summary>
internal static class ExampleFeatures
{
    public static FeaturesReport Few { get; } = new()
    {
        Reference = "profile model/profile.json, 41,188 rows",
        Captured = 18_240,
        Dropped = 3,
        Unparsable = 1,
        Void = ["predictions: the arms’ inputs differ, so their outputs cannot be compared"],
        Features =
        [
            new FeatureReport
            {
                Name = "country", Distance = 0.08, DistanceAtLeast = 0.02, DistanceByChance = 0.05, Limit = 0.2,
                Categories = ["DE", "FR", "US", "PL", "(other)"],
                Reference = new(41_188, 0.01, [0.4, 0.25, 0.2, 0.1, 0.05]), Stable = new(9_000, 0.012, [0.41, 0.24, 0.2, 0.1, 0.05]), Candidate = new(900, 0.01, [0.38, 0.25, 0.22, 0.1, 0.05]),
            },
            new FeatureReport
            {
                Name = "time_to_order", Unit = "s", Description = "From the first page to the order", Distance = 0.97, DistanceAtLeast = 0.91, DistanceByChance = 0.04, Limit = 0.2,
                Edges = [.. Enumerable.Range(0, 41).Select(at => Math.Pow(10, at / 6.0))],
                Reference = new(41_188, 0, Bell(40, 12, 4)), Stable = new(9_000, 0, Bell(40, 12.3, 4)), Candidate = new(900, 0.2, Bell(40, 30, 4)),
            },
            new FeatureReport
            {
                Name = "probability", IsPrediction = true, DistanceFrom = DistanceFrom.Stable, Distance = 0.41, DistanceAtLeast = 0.12, DistanceByChance = 0.05, Limit = 0.15,
                Edges = [.. Enumerable.Range(0, 21).Select(at => at / 20.0)],
                Reference = new(41_188, 0, Bell(20, 3, 3)), Stable = new(9_000, 0, Bell(20, 3, 3)), Candidate = new(900, 0, Bell(20, 7, 3)),
            },
            new FeatureReport { Name = "never_seen", Reference = new(41_188, 0, []) },
        ],
    };

    public static FeaturesReport Many(int count) => Few with
    {
        Features = [.. Enumerable.Range(0, count).Select(at => Few.Features[at % 2] with
        {
            Name = $"feature_{at:00000}",
            Distance = at % 97 / 100.0,
            Edges = at % 2 == 0 ? [] : [.. Enumerable.Range(0, 41).Select(bin => bin * 1.25)],
        })],
    };

    public static FeaturesReport Hostile(string evil) => Few with
    {
        Reference = evil,
        Void = [evil],
        Features =
        [
            new FeatureReport { Name = evil, Unit = evil, Description = evil, Distance = double.NaN, Edges = [0, double.NaN, 2], Reference = new(5, double.NaN, [0.5, 0.5]) },
            new FeatureReport { Name = evil + "1", Unit = evil, Distance = 7, Limit = -3, Edges = [1, 1, 2e300], Candidate = new(5, 2, [double.NaN, 9]) },
            new FeatureReport { Name = evil + "2", Categories = [evil, "b"], Candidate = new(5, 0, [0.1, double.PositiveInfinity]), Stable = new(5, 0, [0.1]) },
        ],
    };

    private static ImmutableArray<double> Bell(int bins, double middle, double width)
    {
        var raw = Enumerable.Range(0, bins).Select(bin => Math.Exp(-Math.Pow((bin + 0.5 - middle) / width, 2) / 2)).ToArray();
        return [.. raw.Select(share => share / raw.Sum())];
    }
}
