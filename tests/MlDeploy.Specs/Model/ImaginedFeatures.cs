using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Specs.Model;

/// <summary>A feature as it is in the population.</summary>
/// <param name="Quantile">The value at a share of the rows, ascending; the number of a name where it is one.</param>
internal sealed record Population(string Name, FeatureKind Kind, Func<double, double> Quantile)
{
    /// <summary>Smooth, skewed, heavy-tailed, with ties, of few numbers, constant, of two humps, of few names and of many.</summary>
    public static ImmutableArray<Population> Kinds { get; } =
    [
        new("normal", FeatureKind.Number, Gauss.Quantile),
        new("lognormal", FeatureKind.Number, share => Math.Exp(Gauss.Quantile(share))),
        new("uniform", FeatureKind.Number, share => share),
        new("Cauchy", FeatureKind.Number, share => Math.Tan(Math.PI * (share - 0.5))),
        new("counts, Poisson of mean 3", FeatureKind.Number, share => Poisson(share, 3)),
        new("a third 0, else exponential", FeatureKind.Number, share => share < 1.0 / 3 ? 0 : -Math.Log(1 - ((share - (1.0 / 3)) * 1.4999))),
        new("0 or 1", FeatureKind.Number, share => share < 0.7 ? 0 : 1),
        new("two humps", FeatureKind.Number, share => share < 0.5 ? -2 + (0.2 * Gauss.Quantile(2 * share)) : 2 + (0.2 * Gauss.Quantile((2 * share) - 1))),
        new("constant", FeatureKind.Number, _ => 7),
        new("four names", FeatureKind.Category, share => share < 0.5 ? 0 : share < 0.8 ? 1 : share < 0.95 ? 2 : 3),
        new("thirty names", FeatureKind.Category, share => Math.Min(29, Math.Floor(-Math.Log(1 - share) * 6))),
    ];

    /// <summary>All of it: so many rows, equally likely.</summary>
    public const int Rows = 1 << 16;

    private readonly Lazy<double[]> rows = new(() => [.. Enumerable.Range(0, Rows).Select(row => Quantile((row + 0.5) / Rows))]);

    public double[] Values => rows.Value;

    private static double Poisson(double share, double mean)
    {
        var (k, term) = (0, Math.Exp(-mean));
        for (var sum = term; sum < share && k < 100; sum += term)
        {
            term *= mean / ++k;
        }

        return k;
    }
}

/// <summary>A feature of a profile that was drawn from its population, by way of a real sketch, and where live rows fall into its bins.</summary>
internal sealed class ImaginedFeature
{
    private readonly FeaturePartition partition;
    private readonly Population population;

    public ImaginedFeature(string name, Population population, int profileRows, Random random)
    {
        this.population = population;
        var sketch = new FeatureSketch();
        for (var row = 0; row < profileRows; row++)
        {
            var value = population.Values[random.Next(Population.Rows)];
            if (population.Kind == FeatureKind.Number)
            {
                sketch.AddNumber(value);
            }
            else
            {
                sketch.AddText(NameOf(value));
            }
        }

        partition = FeaturePartition.Of(sketch, population.Kind)!;
        Judged = JudgedFeature.Of(name, population.Kind, missing: 0.01, partition);
        Bins = BinsOf(population.Values);
    }

    public JudgedFeature Judged { get; }

    public string Kind => population.Name;

    /// <summary>The bin of each row of the population.</summary>
    public byte[] Bins { get; }

    public int Unseen => partition.KnowsUnseen ? partition.UnseenBin : -1;

    /// <summary>All values moved.</summary>
    public byte[] Moved(Func<double, double> value) => BinsOf(population.Values.Select(value));

    /// <summary>A share of the rows, whatever they had, has one value: of them the total variation is less the share that had it anyway.</summary>
    public byte[] Replaced(double share, double value) => BinsOf(population.Values.Select((had, row) => row * 7919L % Population.Rows < share * Population.Rows ? value : had));

    private byte[] BinsOf(IEnumerable<double> values) =>
        [.. values.Select(one => (byte)(population.Kind == FeatureKind.Number ? partition.IndexOf(one) : partition.IndexOf(NameOf(one))))];

    private static byte[] NameOf(double value) => Encoding.UTF8.GetBytes($"name {value}");
}
