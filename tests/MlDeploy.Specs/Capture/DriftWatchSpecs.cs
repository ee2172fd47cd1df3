using System.Collections.Immutable;
using MlDeploy.Core.Model.Data;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Notifications;
using MlDeploy.Local.State;
using MlDeploy.Local.Versions;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Capture;

/// <summary>The host looks by itself: on time, told once, and not forgotten over a restart.</summary>
public sealed class DriftWatchSpecs : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("mldeploy-drift-").FullName;
    private readonly SetClock clock = new();
    private readonly List<Notification> told = [];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Drift_is_told_once_and_so_is_its_end_also_over_a_restart()
    {
        var stable = Deployed();
        using var capture = Capture();
        var watch = Watch(capture);

        Hour(1_000, 0);
        watch.Look(stable);
        Assert.Empty(watch.Last!.Beyond);
        Assert.Empty(told);

        Hour(1_000, 3);
        watch.Look(stable);
        watch.Look(stable);
        var news = Assert.Single(told);
        Assert.Equal("drift", news.Event);
        Assert.Contains("age beyond 0.2", news.Text);

        // Another host: what was told is known, and the next look is due when it would have been.
        watch = Watch(capture);
        Hour(1_000, 3);
        watch.Look(stable);
        Assert.Single(told);
        Assert.Equal(["age"], watch.Last!.Beyond);

        Hour(1_000, 0);
        watch.Look(stable);
        Assert.Equal(["drift", "drift ended"], told.Select(one => one.Event));
    }

    [Fact]
    public void Too_few_rows_say_nothing_neither_good_nor_bad()
    {
        var stable = Deployed();
        using var capture = Capture();
        var watch = Watch(capture);
        Hour(1_000, 3);
        watch.Look(stable);
        Hour(3, 0);
        watch.Look(stable);

        Assert.Single(told);
        Assert.False(watch.Last!.IsJudged);
    }

    [Fact]
    public void Nothing_is_looked_at_before_it_is_time_or_where_nobody_asked()
    {
        var stable = Deployed();
        using var capture = Capture();
        var watch = Watch(capture);
        clock.Now = clock.Now.AddMinutes(50);
        watch.Look(stable);
        watch.Look(null);
        watch.Look(stable with { Manifest = stable.Manifest with { Monitoring = new() } });

        Assert.Null(watch.Last);
    }

    private DriftWatch Watch(ModelCapture capture) => new("app", Paths, capture, Environment, told.Add);

    private ModelCapture Capture() => new(Paths, clock, Environment.Log);

    private ApplicationPaths Paths => new StatePaths(root).Application("app");

    private HostEnvironment Environment => new(
        new StatePaths(root), clock, new Random(1), new HostLog(Path.Combine(root, "host.log"), clock), new SelfCommand("mldeploy", [], "1"), null!, ImmutableSortedDictionary<string, string>.Empty);

    private StoredVersion Deployed()
    {
        Directory.CreateDirectory(Paths.Version("v1"));
        var profile = ProfileBuilder.Build(new DataReading(Window(20_000, 0), 0, "", []), ["p.csv"], null, clock.Now, new Dictionary<string, FeatureWords>(), null);
        File.WriteAllBytes(Paths.Profile("v1"), ModelFiles.Write(profile));
        var manifest = Reading.Valid(Reading.Minimal, set: ["model.profile=p.json", "monitoring.drift={window: 1h, every: 1h, max: 0.2}"]);
        return new StoredVersion(new VersionRecord("v1", "v1", "", "", clock.Now, 1, "{}", ImmutableSortedDictionary<string, string>.Empty), manifest, root);
    }

    /// <summary>An hour with so many rows at its end.</summary>
    private void Hour(int rows, double shift)
    {
        clock.Now = clock.Now.AddMinutes(70);
        var window = Window(rows, shift);
        window.Covers(clock.Now.AddMinutes(-1));
        new WindowStore(Paths, clock, Environment.Log).Add("v1", window);
    }

    private static WindowSketch Window(int rows, double shift)
    {
        var random = new Random(rows);
        var window = new WindowSketch { Version = "v1", Rows = rows };
        for (var row = 0; row < rows; row++)
        {
            window.At("age")!.AddNumber(shift + random.NextDouble());
            window.At("size")!.AddNumber(random.NextDouble());
        }

        return window;
    }

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
