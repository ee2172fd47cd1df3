using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Dashboard;

namespace MlDeploy.Specs.Dashboard;

public sealed class LiveInputsSpecs
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    [Fact]
    public void What_is_absent_stands_first_then_the_farthest()
    {
        var seen = LiveInputs.Of("v1", Day, ModelReference.Of(Window(2_000, ("near", 0), ("far", 0), ("gone", 0))), Window(1_000, ("near", 0), ("far", 3)), limit: 0.2);

        Assert.Equal([("gone", "absent", true), ("far", "beyond", true), ("near", "same", false)], seen.Features.Select(feature => (feature.Name, feature.State, feature.TooFar)));
        Assert.Equal((1_000, 2_000, 0), (seen.Rows, seen.ReferenceRows, seen.More));
        Assert.Equal((null, 1.0), (seen.Features[0].Distance, seen.Features[0].Missing));
        Assert.True(seen.Features[2].Distance < seen.Features[2].Chance);
    }

    [Fact]
    public void Without_a_limit_nothing_is_beyond_it() =>
        Assert.Equal("differs", Assert.Single(LiveInputs.Of("v1", Day, ModelReference.Of(Window(2_000, ("far", 0))), Window(1_000, ("far", 3)), limit: null).Features).State);

    [Fact]
    public void Too_few_rows_are_not_compared() =>
        Assert.Empty(LiveInputs.Of("v1", Day, ModelReference.Of(Window(2_000, ("far", 0))), Window((int)DriftLook.EnoughRows - 1, ("far", 3)), limit: 0.2).Features);

    [Fact]
    public void Of_many_features_the_farthest_fifty_are_told_and_the_others_counted()
    {
        var many = Enumerable.Range(0, 60).Select(at => ($"f{at}", at / 30.0)).ToArray();
        var seen = LiveInputs.Of("v1", Day, ModelReference.Of(Window(500, [.. many.Select(feature => (feature.Item1, 0.0))])), Window(500, many), limit: null);

        Assert.Equal((LiveInputs.MostFeatures, 10), (seen.Features.Length, seen.More));
        Assert.Contains(seen.Features, feature => feature.Name == "f59");
        Assert.DoesNotContain(seen.Features, feature => feature.Name == "f0");
    }

    private static WindowSketch Window(int rows, params (string Name, double Shift)[] features)
    {
        var random = new Random(rows);
        var window = new WindowSketch { Version = "v1", Rows = rows };
        for (var row = 0; row < rows; row++)
        {
            foreach (var (name, shift) in features)
            {
                window.At(name)!.AddNumber(shift + random.NextDouble());
            }
        }

        return window;
    }
}
