using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Specs.Model;

/// <summary>The measures that are asked for by name: what gates judge by them is as safe as by the default one.</summary>
public sealed class MeasureEvidenceSpecs
{
    private const double Level = 0.05;
    private static readonly FeaturePartition Normal = Partition(Enumerable.Range(0, 20_000).Select(_ => 0.0), new Random(1));
    private static readonly DistanceMeasure[] Named = [DistanceMeasure.Ks, DistanceMeasure.Psi, DistanceMeasure.Wasserstein];

    public static TheoryData<DistanceMeasure> Measures => [.. Named];

    [Theory]
    [MemberData(nameof(Measures))]
    public void A_distance_that_is_the_limit_is_hardly_ever_called_above_it_however_often_one_looks(DistanceMeasure measure)
    {
        foreach (var shift in new[] { 0, 0.3 })
        {
            var limit = shift == 0 ? 0.001 : Truth(measure, shift);
            var evidence = LimitEvidence.For(measure, Normal, 0.2);
            var alarms = Enumerable.Range(0, 100).Count(seed => Stopped(evidence, new Random(seed), limit, shift, looks: 8, perLook: 200) is not null);

            Assert.True(alarms <= 100 * Level, $"{measure} at a shift of {shift}: {alarms} of 100");
        }
    }

    [Theory]
    [InlineData(DistanceMeasure.Ks, 0.1, 1_500)]
    [InlineData(DistanceMeasure.Psi, 0.1, 2_500)]
    [InlineData(DistanceMeasure.Wasserstein, 0.2, 1_500)]
    public void A_shift_by_half_a_standard_deviation_is_found(DistanceMeasure measure, double limit, int within)
    {
        var evidence = LimitEvidence.For(measure, Normal, 0.2);
        var stopped = Enumerable.Range(0, 20).Select(seed => Stopped(evidence, new Random(seed), limit, 0.5, looks: within / 100, perLook: 100)).ToArray();

        Assert.True(stopped.Count(n => n is not null) >= 16, string.Join(' ', stopped));
    }

    [Theory]
    [MemberData(nameof(Measures))]
    public void Another_unit_is_found_in_few_values(DistanceMeasure measure)
    {
        var counts = new double[Normal.Count];
        counts[^1] = 40;

        Assert.True(LimitEvidence.For(measure, Normal, 0.2).Log(counts, 0.2) > Math.Log(1e4));
    }

    [Theory]
    [MemberData(nameof(Measures))]
    public void The_lower_bound_lies_below_the_distance_and_comes_near_it(DistanceMeasure measure)
    {
        var evidence = LimitEvidence.For(measure, Normal, 0.2);
        var counts = Counts(new Random(4), 200_000, 0.5);

        var (low, distance) = (evidence.Lower(counts, Level), evidence.Distance(counts));

        Assert.InRange(low, 0.75 * distance, distance);
        Assert.True(evidence.Log(counts, 0.1) > evidence.Log(counts, 0.15));
    }

    [Theory]
    [MemberData(nameof(Measures))]
    public void Chance_stays_below_what_is_told_in_about_95_windows_of_100(DistanceMeasure measure)
    {
        var above = Enumerable.Range(0, 400).Count(seed => OtherDistances.Of(measure, Normal, Counts(new Random(seed), 500, 0)) > ChanceDistances.Of(measure, Normal, 500));

        Assert.InRange(above, 4, 40);
    }

    [Theory]
    [MemberData(nameof(Measures))]
    public void Two_samples_of_one_distribution_are_not_told_apart_and_shifted_ones_are(DistanceMeasure measure)
    {
        var evidence = new TwoSampleLinearEvidence(measure, Normal);
        for (var seed = 0; seed < 8; seed++)
        {
            var random = new Random(seed);
            Assert.True(evidence.Log(Counts(random, 1_000, 0), Counts(random, 3_000, 0), 0.001) < -Math.Log(Level / 2));
            Assert.True(evidence.Log(Counts(random, 3_000, 1), Counts(random, 9_000, 0), 0.1) > -Math.Log(Level));
        }
    }

    [Fact]
    public void Names_lie_nowhere_so_nothing_moves_between_them()
    {
        var window = new WindowSketch();
        foreach (var name in new[] { "DE", "AT", "DE" })
        {
            window.At("country")!.AddText(System.Text.Encoding.UTF8.GetBytes(name));
            window.Rows++;
        }

        var names = ModelReference.Of(window).Find("country")!.Partition!;

        Assert.False(LimitEvidence.Applies(DistanceMeasure.Wasserstein, names));
        Assert.True(LimitEvidence.Applies(DistanceMeasure.Psi, names));
    }

    private static long? Stopped(ILimitEvidence evidence, Random random, double limit, double shift, int looks, int perLook)
    {
        var counts = new double[Normal.Count];
        for (var look = 1; look <= looks; look++)
        {
            Add(counts, random, perLook, shift);
            if (evidence.Log(counts, limit) >= -Math.Log(Level))
            {
                return look * perLook;
            }
        }

        return null;
    }

    /// <summary>The distance of shifted normal numbers from the partition's reference, from very many.</summary>
    private static double Truth(DistanceMeasure measure, double shift) => OtherDistances.Of(measure, Normal, Counts(new Random(99), 2_000_000, shift))!.Value;

    private static double[] Counts(Random random, int values, double shift)
    {
        var counts = new double[Normal.Count];
        Add(counts, random, values, shift);
        return counts;
    }

    private static void Add(double[] counts, Random random, int values, double shift)
    {
        for (var value = 0; value < values; value++)
        {
            counts[Normal.IndexOf(Draw(random) + shift)]++;
        }
    }

    private static double Draw(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static FeaturePartition Partition(IEnumerable<double> shifts, Random random)
    {
        var sketch = new FeatureSketch();
        foreach (var shift in shifts)
        {
            sketch.AddNumber(shift + Draw(random));
        }

        return FeaturePartition.Of(sketch, FeatureKind.Number)!;
    }
}
