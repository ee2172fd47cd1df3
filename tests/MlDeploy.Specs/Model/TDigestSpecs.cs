using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Specs.Model;

public sealed class TDigestSpecs
{
    private const int N = 100_000;
    private static readonly double[] Quantiles = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999];

    public static TheoryData<string> Streams => ["normal", "lognormal", "uniform", "bimodal", "sorted", "reversed", "few-valued", "alternating"];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Quantiles_are_near_the_exact_ones_and_nearer_towards_the_ends(string stream)
    {
        var sample = Draw(stream, new Random(7), N);
        var digest = Digest(sample);
        Array.Sort(sample);

        foreach (var q in Quantiles)
        {
            // A unit of the working scale is 0.11 % of all in the middle, and less at the ends.
            Assert.InRange(RankError(sample, digest.Quantile(q), q), 0, 0.002 * Math.Sqrt(q * (1 - q)) + (1.0 / N));
        }

        Assert.Equal(sample[0], digest.Min);
        Assert.Equal(sample[^1], digest.Max);
        Assert.Equal(N, digest.Count, 1e-6);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void The_share_below_a_quantile_is_the_quantile(string stream)
    {
        var sample = Draw(stream, new Random(8), N);
        var digest = Digest(sample);
        Array.Sort(sample);

        foreach (var value in Quantiles.Select(q => sample[(int)(q * N)]))
        {
            var low = (double)LowerBound(sample, value) / N;
            var high = (double)LowerBound(sample, Math.BitIncrement(value)) / N;
            Assert.InRange(digest.Cdf(value), low - 0.0015, high + 0.0015);
        }

        Assert.Equal(0, digest.Cdf(sample[0] - 1));
        Assert.Equal(1, digest.Cdf(sample[^1]));
    }

    [Fact]
    public void A_thousand_parts_merged_are_as_good_as_one()
    {
        var (one, many) = (0.0, 0.0);
        for (var seed = 1; seed <= 3; seed++)
        {
            var sample = Draw("lognormal", new Random(seed), N);
            var whole = Digest(sample);
            var merged = new TDigest();
            foreach (var part in sample.Chunk(N / 1000))
            {
                merged.Merge(Digest(part));
            }

            Assert.Equal(N, merged.Count, 1e-6);
            Array.Sort(sample);
            one += Quantiles.Sum(q => RankError(sample, whole.Quantile(q), q));
            many += Quantiles.Sum(q => RankError(sample, merged.Quantile(q), q));
        }

        Assert.InRange(many, 0, (1.5 * one) + 1e-4);
    }

    [Fact]
    public void Adding_allocates_nothing_once_it_is_full_grown()
    {
        var sample = Draw("normal", new Random(3), N);
        var digest = Digest([.. sample, .. sample, .. sample, .. sample]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var value in sample)
        {
            digest.Add(value);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Memory_is_bounded_whatever_comes()
    {
        var digest = new TDigest(20);
        for (var index = 0; index < 500_000; index++)
        {
            digest.Add(Math.ScaleB(1 + (index % 977 / 977.0), index % 2000 - 1000) * (index % 2 == 0 ? 1 : -1));
        }

        Assert.InRange(digest.Means.Length, 1, digest.Settled.MostCentroids);
        Assert.All(digest.Means.ToArray().Zip(digest.Means[1..].ToArray()), pair => Assert.True(pair.First <= pair.Second));
    }

    [Fact]
    public void Hugest_and_smallest_numbers_neither_overflow_nor_mix()
    {
        var digest = Digest([.. Enumerable.Repeat(1e300, 1000), .. Enumerable.Repeat(-1e300, 1000), .. Enumerable.Repeat(1e-300, 1000)]);

        Assert.Equal(-1e300, digest.Quantile(0.2));
        Assert.Equal(1e-300, digest.Quantile(0.5), 1e-310);
        Assert.Equal(1e300, digest.Quantile(0.8));
        Assert.Equal(double.MaxValue, Digest([double.MinValue, double.MaxValue]).Quantile(1));
    }

    [Fact]
    public void One_number_is_all_its_quantiles()
    {
        Assert.All(Quantiles, q => Assert.Equal(42.5, Digest([42.5]).Quantile(q)));
        Assert.All(Quantiles, q => Assert.Equal(42.5, Digest([.. Enumerable.Repeat(42.5, 10_000)]).Quantile(q)));
        Assert.True(double.IsNaN(new TDigest().Quantile(0.5)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_is_no_number_is_refused(double value) => Assert.Throws<ArgumentOutOfRangeException>(() => new TDigest().Add(value));

    private static TDigest Digest(double[] values)
    {
        var digest = new TDigest();
        foreach (var value in values)
        {
            digest.Add(value);
        }

        return digest;
    }

    private static double[] Draw(string stream, Random random, int n)
    {
        double[] values = [.. Enumerable.Range(0, n).Select(index => stream switch
        {
            "lognormal" => Math.Exp(2 * random.Normal()),
            "uniform" => random.NextDouble(),
            "bimodal" => random.Normal() + (random.NextDouble() < 0.3 ? 0 : 20),
            "few-valued" => Math.Floor(10 * random.NextDouble() * random.NextDouble()),
            "alternating" => (index % 2 == 0 ? 1 : -1) * Math.Exp(20.0 * index / n),
            _ => random.Normal(),
        })];
        if (stream is "sorted" or "reversed")
        {
            Array.Sort(values);
        }

        return stream == "reversed" ? [.. values.AsEnumerable().Reverse()] : values;
    }

    private static double RankError(double[] sorted, double value, double q)
    {
        var low = (double)LowerBound(sorted, value) / sorted.Length;
        var high = (double)LowerBound(sorted, Math.BitIncrement(value)) / sorted.Length;
        return q < low ? low - q : q > high ? q - high : 0;
    }

    private static int LowerBound(double[] sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

internal static class Normals
{
    public static double Normal(this Random random) => MlDeploy.Core.Analysis.Rehearsal.Draws.Normal(random);
}
