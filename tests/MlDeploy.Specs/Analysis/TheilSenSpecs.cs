using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Specs.Analysis;

public sealed class TheilSenSpecs
{
    [Fact]
    public void A_line_has_its_slope()
    {
        var estimate = TheilSen.Estimate([.. Enumerable.Range(0, 20).Select(x => ((double)x, 3.0 * x))]);
        Assert.Equal(3, estimate.Slope, 9);
        Assert.Equal(3, estimate.Low, 9);
    }

    [Fact]
    public void A_few_wild_points_do_not_move_it()
    {
        var estimate = TheilSen.Estimate([.. Enumerable.Range(0, 40).Select(x => ((double)x, x % 10 == 3 ? 1e6 : 2.0 * x))]);
        Assert.InRange(estimate.Slope, 1.5, 2.5);
    }

    [Fact]
    public void Noise_around_a_level_has_a_lower_end_below_0_nearly_always()
    {
        var rising = Enumerable.Range(0, 1000).Count(run =>
        {
            var random = new Random(run);
            return TheilSen.Estimate([.. Enumerable.Range(0, 30).Select(x => ((double)x, random.Normal()))]).Low > 0;
        });
        Assert.InRange(rising, 0, 25);
    }

    [Fact]
    public void A_thinned_series_keeps_its_first_point_and_spreads_evenly_over_any_length()
    {
        var series = new ThinnedSeries(48);
        for (var x = 0; x < 100_000; x++)
        {
            series.Add(x, x);
            Assert.InRange(series.Points.Length, 1, 48);
        }

        var points = series.Points.ToArray();
        Assert.Equal(0, points[0].X);
        Assert.InRange(points.Length, 24, 48);
        Assert.Single(points.Zip(points.Skip(1), (earlier, later) => later.X - earlier.X).Distinct());
        Assert.True(points[^1].X > 95_000);
    }
}
