using System.Globalization;
using System.Text;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>What users see of a model whose inputs have moved: `drift` without data, `status` and `metrics`.</summary>
public sealed class LiveDriftSpecs : AcceptanceTest
{
    /// <summary>`value` is 182.5 in all requests, `items` 3.</summary>
    private const double TimesAThousand = 182_500;

    [Fact]
    public async Task A_feature_in_another_unit_shows_in_drift_status_and_metrics_and_its_neighbour_is_well()
    {
        var clock = await SetClock.InAsync(State);
        using var host = State.Start("host", "run"); // One started on demand takes over no LD_PRELOAD.
        await Until.TrueAsync(async () => (await State.HostAsync()).TryGetProperty("host", out _), "the host runs");
        await StableServesAsync(Given with { Lines = await ModelAsync() });
        await using var traffic = TrafficLoad.Start(State);
        await traffic.OkAsync(100);
        clock.Set(TimeSpan.FromMinutes(2)); // The host looks for drift a minute after the version began to serve.

        var once = (await State.RunAsync("drift", "--since", "1h")).ExitsWith(10);
        Assert.Contains("beyond 0.2, absent, retyped or missing: value\n", once.Output, StringComparison.Ordinal);
        Assert.Contains("the profile of v1-", once.Output, StringComparison.Ordinal);
        (await State.RunAsync("drift", "--since", "1h", "--except", "value")).ExitsWith(0);
        (await State.RunAsync("drift", "--since", "1h", "--features", "itms")).ExitsWith(3).Says("did you mean 'items'?");

        var watched = (await State.RunAsync("drift", "--since", "1h", "--every", "1s", "--looks", "2")).ExitsWith(10);
        Assert.Equal(2, watched.Output.Split("rows of v1-").Length - 1);
        Assert.Equal(1, watched.Errors.Split("drift in v1-").Length - 1); // What is known already is told once.

        await Until.TrueAsync(async () => (await State.RunAsync("metrics")).Output.Contains("mldeploy_drift_beyond{", StringComparison.Ordinal), "the host has looked for drift");
        var metrics = (await State.RunAsync("metrics")).ExitsWith(0).Output;
        Assert.InRange(Metric(metrics, "mldeploy_model_age_seconds"), 3600, 30 * 86_400);
        Assert.InRange(Metric(metrics, "mldeploy_captured_rows_total"), 100, double.MaxValue);
        Assert.Equal((1, 1), (Metric(metrics, "mldeploy_drift_distance"), Metric(metrics, "mldeploy_drift_beyond")));
        var status = (await State.RunAsync("status")).ExitsWith(0).Output;
        Assert.Matches(@"model scorer 7, 72 h.* old: captured [\d,]+ rows, 0 dropped, 0 unparsable; drift 1 \(value\), limit 0\.2, .* ago; BEYOND: value", status);
        (await traffic.EndAsync()).LostNothing();
    }

    private static double Metric(string metrics, string name) =>
        double.Parse(metrics.Split('\n').Single(line => line.StartsWith($"{name}{{", StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture);

    /// <summary>The manifest's part on a model whose profile has another unit; and a feature of it that is not captured, and so not missed.</summary>
    private async Task<string> ModelAsync()
    {
        var (data, profile) = (Path.Combine(State.Root, "test.csv"), Path.Combine(State.Root, "profile.json"));
        await File.WriteAllTextAsync(data, new StringBuilder("value,items,session\n").Insert(20, $"{TimesAThousand},3,x\n", 2_000).ToString());
        (await State.RunAsync("profile", "create", data, "--type", "value=number", "--type", "items=number", "--out", profile)).ExitsWith(0);
        var trained = DateTimeOffset.UtcNow.AddDays(-3).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return $$"""
            model: { name: scorer, version: '7', trainedAt: '{{trained}}', profile: '{{profile}}', prediction: $.echo.value }
            monitoring: { capture: { exclude: [session] }, drift: { window: 1h, every: 1m, max: 0.2 } }
            """;
    }
}
