using System.Text;
using MlDeploy.Core.Analysis.Statistics;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Specs.Model;

public sealed class DistanceSpecs
{
    /// <summary>One percent over fifty features, and a quarter of that for drift: three other model gates get the rest.</summary>
    private const double Level = 0.01 / 50 / 4;

    private static readonly FeaturePartition Standard = Partition(random => random.Normal());

    [Fact]
    public void Half_a_standard_deviation_is_a_distance_of_a_third()
    {
        var counts = Counts(Standard, new Random(2), 200_000, random => random.Normal() + 0.5);

        Assert.Equal(0.33, Overlap.Distance(Standard.Shares, counts), 0.015);
        Assert.Equal(0.1974, OtherDistances.Ks(Standard.Shares, counts), 0.015);
    }

    [Fact]
    public void Identical_is_near_zero_disjoint_is_one_and_chance_says_what_a_window_of_the_reference_shows()
    {
        Assert.InRange(Overlap.Distance(Standard.Shares, Counts(Standard, new Random(3), 200_000, random => random.Normal())), 0, 0.02);
        Assert.Equal(1, Overlap.Distance(Standard.Shares, Counts(Standard, new Random(3), 1000, random => random.Normal() + 1000)), 3);
        var below = 0;
        for (var seed = 0; seed < 1000; seed++)
        {
            var counts = Counts(Standard, new Random(seed), 500, random => random.Normal());
            below += Overlap.Distance(Standard.Shares, counts) <= Overlap.Chance(Standard.Shares, 500, 1e9) ? 1 : 0;
        }

        Assert.InRange(below, 925, 975);
    }

    [Fact]
    public void A_number_that_many_rows_have_is_a_bin_of_its_own_and_single_precision_still_falls_into_it()
    {
        var partition = Partition(random => random.NextDouble() < 0.3 ? 0.1 : random.NextDouble());

        Assert.Equal(0.3, partition.Shares[partition.IndexOf(0.1)], 0.02);
        Assert.Equal(partition.IndexOf(0.1), partition.IndexOf((double)0.1f));
        Assert.NotEqual(partition.IndexOf(0.1), partition.IndexOf(0.1001));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(90)]
    [InlineData(200)]
    [InlineData(800)]
    public void Whole_numbers_are_no_farther_from_themselves_than_chance(int values)
    {
        var partition = Partition(random => Math.Floor(Math.Abs(random.Normal()) * values / 4));
        var (counts, moved) = (Counts(partition, new Random(5), 100_000, random => Math.Floor(Math.Abs(random.Normal()) * values / 4)), Counts(partition, new Random(5), 100_000, random => Math.Floor((Math.Abs(random.Normal()) + 0.5) * values / 4)));

        Assert.InRange(Overlap.Distance(partition.Shares, counts), 0, 1.3 * Overlap.Chance(partition.Shares, 100_000, partition.ReferenceCount));
        Assert.Equal(0.554, Overlap.Distance(partition.Shares, moved), 0.01);
    }

    [Fact]
    public void Names_that_the_reference_has_not_are_unseen()
    {
        var sketch = new FeatureSketch();
        for (var row = 0; row < 1000; row++)
        {
            sketch.AddText(Encoding.UTF8.GetBytes(row % 2 == 0 ? "DE" : "AT"));
        }

        var partition = FeaturePartition.Of(sketch, FeatureKind.Category)!;
        var live = new FeatureSketch(FeatureKind.Category, partition);
        live.AddText("DE"u8);
        live.AddText("XX"u8);
        Assert.Equal([1.0, 0.0, 0.0, 1.0], new[] { partition.IndexOf("DE"u8), partition.IndexOf("AT"u8), partition.OtherBin, partition.UnseenBin }.Select(bin => partition.CountsOf(live)[bin]));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    [InlineData(0.6)]
    public void A_bet_is_fair_against_the_worst_distribution_within_the_limit(double limit)
    {
        var variation = Overlap.ToVariation(limit);
        foreach (var scores in ShapeAlternatives.Of(Standard, variation).Select(one => RobustScores.Of(Standard.Shares, one.Shares, variation)).OfType<double[]>())
        {
            // As much as the limit allows goes from where it loses most to where it gains most.
            var (worst, left) = (Standard.Shares.ToArray(), variation);
            foreach (var bin in Enumerable.Range(0, worst.Length).OrderBy(bin => scores[bin]))
            {
                var gone = Math.Min(left, worst[bin]);
                (worst[bin], left) = (worst[bin] - gone, left - gone);
            }

            worst[Array.IndexOf(scores, scores.Max())] += variation;

            // A large stake shows what a single value gains; a reference of so many rows is trusted with 0.45 of it.
            var bet = new Contrast(Math.Exp(30), scores, variation, Contrast.DoubtOf(Standard, scores));
            var mean = Enumerable.Range(0, worst.Length).Sum(bin => worst[bin] * Math.Exp(bet.Log([.. Enumerable.Range(0, worst.Length).Select(other => other == bin ? 1.0 : 0)], 1, variation) - 30));
            Assert.InRange(mean / 0.45, 0.97, 1 + 1e-9);
        }
    }

    [Fact]
    public void What_is_against_a_limit_is_less_against_a_higher_one()
    {
        var evidence = new DistanceEvidence(Standard, 0.2);
        var counts = Counts(Standard, new Random(6), 3000, random => random.Normal() + 0.7);

        var logs = Enumerable.Range(0, 20).Select(step => evidence.Log(counts, step / 20.0)).ToArray();
        Assert.Equal(logs.OrderDescending(), logs);
    }

    [Fact]
    public void A_reference_of_few_rows_says_less()
    {
        var counts = Counts(Standard, new Random(6), 3000, random => random.Normal() + 0.5);
        var few = FeaturePartition.Recorded(Standard.Uppers, [], Standard.Shares, Standard.Errors, false, 300);
        var more = FeaturePartition.Recorded(Standard.Uppers, [], Standard.Shares, Standard.Errors, false, 10_000);

        Assert.InRange(new DistanceEvidence(few, 0.2).Lower(counts, Level), 0, 0.1);
        Assert.InRange(new DistanceEvidence(more, 0.2).Lower(counts, Level), 0.18, 0.28);
        Assert.InRange(new DistanceEvidence(Standard, 0.2).Lower(counts, Level), 0.2, 0.33);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    public void Windows_of_the_reference_and_those_within_the_limit_are_hardly_ever_above_it(double shift)
    {
        // A shift by a quarter of a standard deviation is a distance of 0.18; the limit is 0.20. One in 200 deployments of 50 features would be 1 %.
        Assert.Equal(0, Alarms(shift, runs: 100, seed: 1));
    }

    [Theory(Explicit = true)]
    [Trait("run", "soak")]
    [InlineData(0.0)]
    [InlineData(0.206)]
    [InlineData(0.28)]
    public void Windows_within_the_limit_are_hardly_ever_above_it_at_length(double shift) => Assert.InRange(Alarms(shift, runs: 4_000, seed: 7), 0, 1);

    [Fact]
    public void Half_a_standard_deviation_is_caught_within_1500_rows() => Assert.InRange(Power(random => random.Normal() + 0.5, 1500, 0.20), 0.8, 1);

    [Fact]
    public void Milliseconds_for_seconds_are_caught_within_200_rows()
    {
        var seconds = Partition(random => Math.Exp(random.Normal()));
        Assert.InRange(Power(random => 1000 * Math.Exp(random.Normal()), 200, 0.20, seconds), 0.8, 1);
    }

    [Theory]
    [InlineData(0.10, 0.03, 350)]
    [InlineData(0.05, 0.01, 700)]
    [InlineData(0.005, 0.0, 1000)]
    public void Missing_unseen_and_not_finite_values_are_caught_in_time(double share, double limit, int within)
    {
        var caught = Enumerable.Range(0, 500).Count(seed =>
        {
            var random = new Random(seed);
            var events = 0;
            return Enumerable.Range(1, within).Any(n => (events += random.NextDouble() < share ? 1 : 0) is var k && RateEvidence.Log(k, n, limit) >= -Math.Log(Level));
        });

        Assert.InRange(caught / 500.0, 0.8, 1);
    }

    [Fact]
    public void The_lower_bound_lies_below_the_distance_and_near_it_when_there_is_much_to_see()
    {
        var evidence = new DistanceEvidence(Standard, 0.20);
        var few = Counts(Standard, new Random(4), 300, random => random.Normal() + 0.5);
        var many = Counts(Standard, new Random(4), 100_000, random => random.Normal() + 0.5);

        Assert.InRange(evidence.Lower(few, Level), 0, 0.2);
        Assert.InRange(evidence.Lower(many, Level), 0.29, 0.33);
        Assert.Equal(0, evidence.Lower(Counts(Standard, new Random(4), 20, random => random.Normal()), Level));
    }

    [Fact]
    public void Two_samples_of_one_distribution_are_never_far_apart_and_two_different_ones_are_told()
    {
        var evidence = new TwoSampleEvidence(Standard);
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var (candidate, stable) = (Counts(Standard, random, 500, one => one.Normal()), Counts(Standard, random, 9500, one => one.Normal()));
            Assert.InRange(evidence.Log(candidate, stable, 0.1), double.NegativeInfinity, -Math.Log(Level));
        }

        Assert.True(evidence.Log(Counts(Standard, new Random(1), 3000, random => random.Normal() + 0.5), Counts(Standard, new Random(2), 30_000, random => random.Normal()), 0.15) >= -Math.Log(Level));
    }

    /// <summary>How many of so many features are ever above the limit of 0.20 in an hour of looks every 10 s, 10 requests a second.</summary>
    private static int Alarms(double shift, int runs, int seed)
    {
        var evidence = new DistanceEvidence(Standard, 0.20);
        var random = new Random(seed);
        var alarms = 0;
        for (var run = 0; run < runs; run++)
        {
            var counts = new double[Standard.Count];
            for (var look = 0; look < 360; look++)
            {
                for (var row = 0; row < 100 && look * 100 < 4000; row++)
                {
                    counts[Standard.IndexOf(random.Normal() + shift)]++;
                }

                if (look * 100 < 4000 && evidence.Log(counts, 0.20) >= -Math.Log(Level))
                {
                    alarms++;
                    break;
                }
            }
        }

        return alarms;
    }

    private static double Power(Func<Random, double> draw, int within, double limit, FeaturePartition? partition = null)
    {
        const int Runs = 60;
        partition ??= Standard;
        var evidence = new DistanceEvidence(partition, limit);
        return Enumerable.Range(0, Runs).Count(seed =>
        {
            var (random, counts) = (new Random(seed), new double[partition.Count]);
            for (var n = 1; n <= within; n++)
            {
                counts[partition.IndexOf(draw(random))]++;
                if (n % 50 == 0 && evidence.Log(counts, limit) >= -Math.Log(Level))
                {
                    return true;
                }
            }

            return false;
        }) / (double)Runs;
    }

    private static double[] Counts(FeaturePartition partition, Random random, int n, Func<Random, double> draw)
    {
        var counts = new double[partition.Count];
        for (var row = 0; row < n; row++)
        {
            counts[partition.IndexOf(draw(random))]++;
        }

        return counts;
    }

    private static FeaturePartition Partition(Func<Random, double> draw)
    {
        var random = new Random(99);
        var sketch = new FeatureSketch();
        for (var row = 0; row < 200_000; row++)
        {
            sketch.AddNumber(draw(random));
        }

        return FeaturePartition.Of(sketch, FeatureKind.Number)!;
    }
}
