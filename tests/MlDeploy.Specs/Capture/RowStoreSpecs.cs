using System.Text;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Hosting;

namespace MlDeploy.Specs.Capture;

/// <summary>Rows on disk: as many and as long as was asked for, and never an excluded feature.</summary>
public sealed class RowStoreSpecs : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("mldeploy-rows-").FullName;
    private readonly SetClock clock = new();

    private string Folder => Path.Combine(root, "rows", "v1");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void The_newest_rows_are_kept_and_the_files_are_this_user_s_alone()
    {
        var store = Store(keep: 100);
        for (var batch = 0; batch < 30; batch++)
        {
            Add(store, batch * 10, 10);
            clock.Now = clock.Now.AddSeconds(15);
            store.Save();
        }

        var kept = Lines();
        Assert.InRange(kept.Length, 90, 100);
        Assert.Contains("\"age\":299", kept[^1]);
        Assert.All(Directory.GetFiles(Folder), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(file)));
    }

    [Fact]
    public void No_row_outlives_its_time_also_after_a_restart()
    {
        var store = Store(keep: 1_000_000);
        for (var minute = 0; minute < 90; minute++)
        {
            Add(store, minute, 1);
            clock.Now = clock.Now.AddMinutes(1);
            store.Save();
        }

        // Kept for an hour: of 90 minutes, those of the last 54 to 60.
        Assert.InRange(Lines().Length, 53, 60);

        clock.Now = clock.Now.AddMinutes(50);
        RowStore.DeleteOldOfAll(Path.Combine(root, "rows"), clock.Now);
        Assert.InRange(Lines().Length, 1, 10);

        clock.Now = clock.Now.AddMinutes(11);
        RowStore.DeleteOldOfAll(Path.Combine(root, "rows"), clock.Now);
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void A_restart_goes_on_counting_what_is_there_and_one_huge_batch_keeps_its_newest()
    {
        Add(Saved(Store(keep: 50), 0, 40), 0, 0);
        var again = Store(keep: 50);
        Add(again, 100, 200);
        again.Save();

        Assert.True(Lines().Length <= 50, $"{Lines().Length}");
    }

    [Fact]
    public void Excluded_features_never_reach_the_disk()
    {
        var settings = new CaptureSettings(ModelProtocol.Json, "$", "$.p", null, 1, ["customer_name", "customer"]);
        var rows = new PredictionRows();
        Assert.True(new JsonPredictions(settings, ModelReference.Of(new WindowSketch())).Inputs(Encoding.UTF8.GetBytes("""[{"age":1,"customer_name":"Ada","customer":{"mail":"ada@example.com"}},{"age":2,"note":"é\"\n"}]"""), rows));
        var store = Store(keep: 10);
        store.Add(rows);
        store.Save();

        Assert.Equal(["""{"age":1}""", """{"age":2,"note":"\u00E9\u0022\n"}"""], Lines());
    }

    private static RowStore Saved(RowStore store, int first, int count)
    {
        Add(store, first, count);
        store.Save();
        return store;
    }

    private static void Add(RowStore store, int first, int count)
    {
        for (var row = 0; row < count; row++)
        {
            var rows = new PredictionRows { Rows = 1 };
            rows.Add("age", new FeatureValue(FeatureValue.Form.Number, first + row));
            store.Add(rows);
        }
    }

    private RowStore Store(long keep) => new(Folder, keep, TimeSpan.FromHours(1), "p", clock, new HostLog(Path.Combine(root, "host.log"), clock));

    private string[] Lines() => Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines)] : [];

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
