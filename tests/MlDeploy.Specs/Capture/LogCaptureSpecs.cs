using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Capture;
using MlDeploy.Local.Capture.Logs;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;
using MlDeploy.Local.Versions;
using MlDeploy.Specs.Gateway.Fixture;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Capture;

/// <summary>What a version logs of its predictions, on the way into the windows and the step that is judged.</summary>
public sealed class LogCaptureSpecs : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-logcapture-").FullName;
    private int number;

    private ApplicationPaths Paths => new(Path.Combine(folder, "state"));

    [Fact]
    public async Task A_version_s_standard_output_is_counted_with_what_stands_between_the_predictions()
    {
        using var capture = Capture();
        var arm = capture.Of(Version("v1", "model.log={}"))!;
        arm.BeginStep(Judging, 1);
        var log = Paths.VersionLog("v1");
        Directory.CreateDirectory(Paths.Logs);
        Write(log, 20);
        File.AppendAllText(log, "listening\n{\"inputs\":{\"age\":4\n");
        Write(log, 20);
        await Eventually.Holds(() => arm.Rows == 40, "all predictions are counted");

        var seen = arm.Read()!;
        Assert.Equal((40L, 40L, 0L, 1L), (seen.Counts!.Rows, seen.Predictions, seen.Invalid, seen.Capture.Unparsable));
        Assert.True(arm.Log == log);
    }

    [Fact]
    public async Task Where_nothing_is_logged_the_reason_shows_the_line_to_log()
    {
        using var capture = Capture();
        var arm = capture.Of(Version("v1", "model.log={}"))!;
        arm.BeginStep(Judging, 1);
        Directory.CreateDirectory(Paths.Logs);
        File.WriteAllText(Paths.VersionLog("v1"), "{\"inputs\":7}\n");
        await Eventually.Holds(() => arm.Read()!.WhyNothing!.Contains("and 1 lines have no features at $.inputs", StringComparison.Ordinal), "the line is seen");

        Assert.Contains("""{"inputs":{"age":40,"country":"DE"},"prediction":0.25}""", arm.Read()!.WhyNothing);
    }

    [Fact]
    public async Task A_restarted_host_reads_on_where_the_last_one_saved_and_nothing_counts_twice()
    {
        var path = Path.Combine(folder, "predictions.jsonl");
        var version = Version("v1", $"model.log.path={path}");
        Directory.CreateDirectory(Paths.Version("v1"));
        Write(path, 7);
        using (var first = Capture())
        {
            var arm = first.Of(version)!;
            Write(path, 30);
            await Eventually.Holds(() => arm.Rows == 30, "what came after the version is counted, and not what was there before");
        }

        File.Move(path, $"{path}.1");
        Write(path, 12);
        using (var second = Capture())
        {
            var arm = second.Of(version)!;
            Write(path, 5);
            await Eventually.Holds(() => arm.Rows == 17, "what came meanwhile is counted too");
        }

        Assert.Equal(47, new WindowStore(Paths, TimeProvider.System, Host()).Since("v1", DateTimeOffset.MinValue)!.Rows);
    }

    [Fact]
    public async Task Arms_are_told_apart_by_their_own_logs_and_a_sample_is_taken_evenly()
    {
        using var capture = Capture();
        var (stable, candidate) = (capture.Of(Version("v1", "model.log={}"))!, capture.Of(Version("v2", "model.log={}", "monitoring.capture.sample=25%"))!);
        Directory.CreateDirectory(Paths.Logs);
        Write(Paths.VersionLog("v1"), 10);
        Write(Paths.VersionLog("v2"), 400);

        await Eventually.Holds(() => stable.Rows == 10 && candidate.Rows >= 98, "each is counted");
        Assert.InRange(candidate.Rows, 98, 102);
        capture.Forget(candidate);
        Write(Paths.VersionLog("v2"), 400);
        Write(Paths.VersionLog("v1"), 1);
        await Eventually.Holds(() => stable.Rows == 11, "following goes on for who is left");
        Assert.Equal(0, candidate.Rows);
    }

    [Theory]
    [InlineData("/var/log/p.jsonl", "/var/log/p.jsonl", true)]
    [InlineData("/var/log/p/v2.jsonl", "/var/log/p", true)]
    [InlineData("/var/log/p.jsonl", "/var/log/p.jsonl.1", true)]
    [InlineData("/var/log/v1.jsonl", "/var/log/v2.jsonl", false)]
    [InlineData("/var/log/v1/", "/var/log/v2/", false)]
    public void Versions_that_log_to_one_place_are_refused(string stable, string candidate, bool refused)
    {
        var thrown = Record.Exception(() => SharedLog.Refuse(Version("v2", $"model.log.path={candidate}").Manifest, Version("v1", $"model.log.path={stable}").Manifest));

        Assert.Equal(refused, thrown is ExpectedException { ExitCode: ExitCode.Usage });
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static ModelJudging Judging { get; } = new(PredictionReaderSpecs.Reference(), new ModelYardstick(null, [], null, PredictionBins.None, false));

    private ModelCapture Capture()
    {
        PrivateFiles.CreateFolder(folder);
        PrivateFiles.CreateFolder(Paths.Folder);
        return new ModelCapture(Paths, TimeProvider.System, Host());
    }

    private HostLog Host() => new(Path.Combine(folder, "host.log"), TimeProvider.System);

    private StoredVersion Version(string id, params string[] set) => new(
        new VersionRecord(id, id, "", "", DateTimeOffset.UnixEpoch, 1, "{}", ImmutableSortedDictionary<string, string>.Empty), Reading.Valid(Reading.Minimal, set: set), folder);

    private void Write(string file, int predictions) => File.AppendAllText(file, string.Concat(Enumerable.Range(0, predictions)
        .Select(_ => string.Create(CultureInfo.InvariantCulture, $$$"""{"inputs":{"age":{{{30 + (number++ % 20)}}},"country":"DE"},"prediction":0.25}""") + "\n")));
}
