using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Specs.Analysis;

public sealed class ProportionSequenceSpecs
{
    private readonly ProportionSequence sequence = new(0.05);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 1000)]
    [InlineData(0, 1e9)]
    [InlineData(1, 1e9)]
    [InlineData(5e8, 1e9)]
    [InlineData(1e9, 1e9)]
    public void Ends_enclose_the_share_and_are_never_nan(double k, double n)
    {
        var (low, high) = (sequence.Lower(k, n), sequence.Upper(k, n));
        Assert.InRange(low, 0, 1);
        Assert.InRange(high, low, 1);
        if (n > 0)
        {
            Assert.InRange(k / n, low, high);
        }
    }

    [Fact]
    public void Ends_are_where_the_evidence_reaches_what_is_needed()
    {
        Assert.Equal(sequence.Needed, ProportionSequence.Evidence(30, 1000, sequence.Lower(30, 1000)), 5);
        Assert.Equal(sequence.Needed, ProportionSequence.Evidence(30, 1000, sequence.Upper(30, 1000)), 5);
    }

    [Fact]
    public void Ends_rise_with_the_events_and_close_in_with_the_units()
    {
        for (var k = 1; k < 200; k++)
        {
            Assert.True(sequence.Lower(k, 200) > sequence.Lower(k - 1, 200) || k == 1);
            Assert.True(sequence.Upper(k, 200) > sequence.Upper(k - 1, 200) || k == 200);
        }

        for (var n = 100; n < 1e9; n *= 10)
        {
            Assert.True(sequence.Upper(n * 0.05, n) - sequence.Lower(n * 0.05, n) > sequence.Upper(n * 0.5, n * 10.0) - sequence.Lower(n * 0.5, n * 10.0));
        }
    }

    [Fact]
    public void A_share_is_above_a_limit_exactly_when_the_lower_end_is()
    {
        for (var k = 0; k <= 400; k++)
        {
            Assert.Equal(sequence.Lower(k, 400) > 0.2, sequence.IsAbove(k, 400, 0.2));
        }
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    [InlineData(0.5)]
    public void The_true_share_is_missed_at_any_time_at_most_as_often_as_said(double share)
    {
        var missed = Enumerable.Range(0, 2000).Count(run => Looks(new Random(run), _ => share).Any(look => ProportionSequence.Evidence(look.K, look.N, share) >= sequence.Needed));
        Assert.InRange(missed, 0, 100);
    }

    [Fact]
    public void A_share_that_moves_below_a_limit_is_taken_for_above_it_at_most_as_often_as_said()
    {
        var above = Enumerable.Range(0, 2000).Count(run => Looks(new Random(run), look => look % 20 < 15 ? 0.05 : 0.01).Any(look => sequence.IsAbove(look.K, look.N, 0.05)));
        Assert.InRange(above, 0, 100);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void The_true_quantile_lies_between_its_ranks_at_all_times_as_often_as_said(double quantile)
    {
        var missed = Enumerable.Range(0, 2000).Count(run => Looks(new Random(run), _ => quantile).Any(look =>
        {
            // How many of n values lie at or below the true quantile is a binomial count.
            var (low, high) = sequence.QuantileRanks(look.N, quantile);
            return look.K < low || look.K >= high;
        }));
        Assert.InRange(missed, 0, 100);
    }

    [Fact]
    public void Few_values_bound_no_high_quantile()
    {
        Assert.Equal((0, 1), sequence.QuantileRanks(0, 0.99));
        var (low, high) = sequence.QuantileRanks(100, 0.99);
        Assert.InRange(low, 1, 99);
        Assert.Equal(101, high);
    }

    private static IEnumerable<(long K, long N)> Looks(Random random, Func<int, double> share)
    {
        var (k, n) = (0L, 0L);
        for (var look = 0; look < 100; look++)
        {
            n += 20;
            k += random.Binomial(20, share(look));
            yield return (k, n);
        }
    }
}
