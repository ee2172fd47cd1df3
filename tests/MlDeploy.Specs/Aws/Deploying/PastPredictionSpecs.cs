using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Deploying.Predictions;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>What a version logged over a span that is over: all of it where it is little, a bounded part of each time of day where it is much.</summary>
public sealed class PastPredictionSpecs
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    private readonly LoggedPredictions account = new();
    private readonly ModelReference reference = ModelReference.Of(LoggedPredictions.Profile.Profile);

    [Fact]
    public async Task Little_is_read_whole_by_one_call_and_what_is_like_the_profile_is_near_it()
    {
        account.Orders(LoggedPredictions.Stable, 600, Day / 2);
        var read = await ReadAsync();

        Assert.Equal((600, 600, true, 0), (read.Window.Rows, read.Logged, read.Whole, read.Unparsable));
        Assert.Single(account.Calls, "FilterLogEvents");
        Assert.DoesNotContain(WindowComparison.Of(reference, read.Window), feature => feature.IsTooFar(0.2));
    }

    [Fact]
    public async Task A_feature_in_another_unit_is_beyond_the_limit()
    {
        account.Orders(LoggedPredictions.Stable, 600, Day / 2, factor: 0.001);

        Assert.Equal(["age"], WindowComparison.Of(reference, (await ReadAsync()).Window).Where(feature => feature.IsTooFar(0.2)).Select(feature => feature.Name));
    }

    [Fact]
    public async Task Much_is_read_in_bounded_calls_from_all_times_of_day_and_what_was_left_out_is_estimated()
    {
        account.PageSize = 100;
        account.Orders(LoggedPredictions.Stable, 10_000, Day / 2, factor: 0.001);
        account.Orders(LoggedPredictions.Stable, 10_000, Day / 2);
        var read = await ReadAsync();

        Assert.InRange(account.Calls.Count(call => call == "FilterLogEvents"), 24, PastPredictions.MostPages);
        Assert.False(read.Whole);
        Assert.InRange(read.Window.Rows, 2_000, 100 * PastPredictions.MostPages);
        Assert.InRange(read.Logged, 18_000, 22_000);

        // Half of the day is in another unit, and so is about half of what was read.
        Assert.InRange(read.Window.Find("age")!.Numbers.Cdf(1), 0.45, 0.55);
    }

    [Fact]
    public async Task Of_a_share_that_is_looked_at_all_are_estimated()
    {
        account.Orders(LoggedPredictions.Stable, 1_000, Day / 2);
        var read = await ReadAsync(settings => settings with { Sample = 0.25 });

        Assert.InRange(read.Window.Rows, 245, 255);
        Assert.InRange(read.Logged, 980, 1_020);
        Assert.True(read.Whole);
    }

    [Fact]
    public async Task Other_containers_versions_and_times_are_left_out_and_lines_that_are_cut_off_are_counted()
    {
        account.Orders(LoggedPredictions.Stable, 50, TimeSpan.FromHours(1));
        account.Clock.Advance(Day);
        account.Orders(LoggedPredictions.Stable, 50, TimeSpan.FromHours(1));
        account.Orders(LoggedPredictions.Stable, 3, TimeSpan.FromMinutes(1), prediction: "0.2 and no end");
        account.LogTo("fraud/sidecar/task1", account.Line());
        account.LogTo("fraud/v2-0123456789ab/application/task9", account.Line());
        var read = await ReadAsync();

        Assert.Equal((50, 3), (read.Window.Rows, read.Unparsable));
    }

    [Fact]
    public async Task A_permission_that_is_missing_is_named()
    {
        account.Denies = true;
        var denied = AwsFailures.AsExpected(await Assert.ThrowsAsync<AwsServiceException>(() => ReadAsync()));

        Assert.Equal(ExitCode.TargetFailed, denied.ExitCode);
        Assert.Contains("logs:FilterLogEvents", denied.Remedy, StringComparison.Ordinal);
    }

    private async Task<PastWindow> ReadAsync(Func<CaptureSettings, CaptureSettings>? change = null)
    {
        account.Clock.Advance(TimeSpan.FromMinutes(1));
        using var session = await account.SessionAsync();
        var settings = CaptureSettings.From(LoggedPredictions.Manifest())!;
        var log = new VersionLog("v1", "/mldeploy/fraud", new LogSelection("fraud/", Versioned: false, Container: "application"));
        var now = account.Clock.GetUtcNow();
        return await new PastPredictions(session.Logs, log, change?.Invoke(settings) ?? settings, account.Clock).ReadAsync(reference, now - Day - TimeSpan.FromMinutes(1), now, TestContext.Current.CancellationToken);
    }
}
