using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Specs.Capture;

public sealed class WindowStoreSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-windows-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Windows_of_an_hour_merge_over_restarts_and_hours_merge_when_read()
    {
        var hour = new DateTimeOffset(2026, 11, 21, 5, 10, 0, TimeSpan.Zero);
        foreach (var at in new[] { hour, hour.AddMinutes(20), hour.AddHours(2) })
        {
            // Each by a store of its own, as after a restart.
            Store().Add("v1", Window(at, 100));
        }

        Assert.Equal(["20261121T05.mlw", "20261121T07.mlw"], Directory.GetFiles(Path.Combine(folder, "windows", "v1")).Select(Path.GetFileName).Order());
        var all = Store().Since("v1", hour.AddDays(-1))!;
        Assert.Equal((300L, 300L, 300L), (all.Rows, all.Find("age")!.Numbers.Count, all.Prediction!.Numbers.Count));
        Assert.Equal(100, Store().Since("v1", hour.AddHours(1))!.Rows);
        Assert.Null(Store().Since("v2", hour));
    }

    [Fact]
    public void A_damaged_file_is_put_aside_and_counting_goes_on()
    {
        var at = new DateTimeOffset(2026, 11, 21, 5, 10, 0, TimeSpan.Zero);
        Store().Add("v1", Window(at, 1));
        var file = Path.Combine(folder, "windows", "v1", "20261121T05.mlw");
        File.WriteAllBytes(file, [1, 2, 3]);

        Store().Add("v1", Window(at, 5));

        Assert.Equal(5, Store().Since("v1", at.AddDays(-1))!.Rows);
        Assert.True(File.Exists(file + ".damaged"));
    }

    private WindowStore Store() => new(new ApplicationPaths(folder), new Clock(), new HostLog(Path.Combine(folder, "host.log"), TimeProvider.System));

    /// <summary>The day of the windows: they are kept for a month.</summary>
    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    }

    private static WindowSketch Window(DateTimeOffset at, int rows)
    {
        var window = new WindowSketch { Version = "v1", Rows = rows, Prediction = new FeatureSketch() };
        window.Covers(at);
        for (var row = 0; row < rows; row++)
        {
            window.At("age")!.AddNumber(row);
            window.Prediction.AddNumber(row / 100.0);
        }

        return window;
    }
}
