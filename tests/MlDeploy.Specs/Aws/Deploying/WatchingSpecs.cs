using System.Text.Json.Nodes;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Deploying.Watching;
using MlDeploy.Aws.Stacks.Watching;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>How the arms' logs are told apart, and how the dashboard keeps the age of the model.</summary>
public sealed class WatchingSpecs
{
    [Theory]
    [InlineData("fraud/v2-0123456789ab/application/4f1e", "v2-0123456789ab", "4f1e")]
    [InlineData("fraud/application/4f1e", null, "4f1e")]
    [InlineData("something", null, "")]
    public void A_stream_tells_its_version_and_task(string stream, string? version, string task) => Assert.Equal((version, task), LogStreams.Read(stream));

    [Theory]
    [InlineData("v2-0123456789ab", "fraud/v2-0123456789ab")]
    [InlineData("1.0+build*7", "fraud/1.0-build-7")]
    public void What_a_stream_may_not_be_called_is_replaced(string version, string prefix) => Assert.Equal(prefix, LogStreams.Prefix("fraud", version));

    [Theory]
    [InlineData("fraud", "fraud/v2")]
    [InlineData("of-an-override", "of-an-override")]
    public void Streams_are_named_after_the_version_unless_an_override_named_them(string prefix, string named)
    {
        var request = new JsonObject { ["containerDefinitions"] = new JsonArray(new JsonObject { ["logConfiguration"] = new JsonObject { ["options"] = new JsonObject { [LogStreams.PrefixOption] = prefix } } }) };

        Assert.Equal(named, LogStreams.PrefixOf(LogStreams.Named(request, "fraud", "v2")));
    }

    [Theory]
    [InlineData("fraud/v2-0123456789ab/", true, null, "fraud/v2-0123456789ab/application/4f1e", true)]
    [InlineData("fraud/v2-", true, null, "fraud/v2-0123456789ab/application/4f1e", true)]
    [InlineData("fraud/v2-", true, null, "fraud/v3-0123456789ab/application/4f1e", false)]
    [InlineData("fraud/v2-", true, null, "fraud/v2-beta-0123456789ab/application/4f1e", false)]
    [InlineData("fraud/", false, null, "fraud/v2-0123456789ab/application/4f1e", false)]
    [InlineData("fraud/", false, null, "fraud/application/4f1e", true)]
    [InlineData("fraud/", null, "4f", "fraud/application/4f1e", true)]
    [InlineData("fraud/", null, "5f", "fraud/application/4f1e", false)]
    [InlineData("fraud/", null, null, "_deployments/d-1", false)]
    public void A_selection_takes_what_is_asked_for(string prefix, bool? versioned, string? task, string stream, bool takes) =>
        Assert.Equal(takes, new LogSelection(prefix, versioned, task).Takes(stream));

    [Fact]
    public void The_age_of_the_model_is_counted_from_the_promoted_one_and_all_else_stays()
    {
        const string Body = """{"widgets":[{"properties":{"metrics":[[{"expression":"(EPOCH(requests) - 1700000000) / 86400","label":"days"}],["AWS/ApplicationELB","RequestCount",{"id":"requests"}]]}},{"properties":{"markdown":"(EPOCH(x) - 1) / 86400"}}]}""";

        var updated = DashboardModelAge.Updated(Body, DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

        Assert.Equal(Body.Replace("1700000000", "1800000000", StringComparison.Ordinal), updated);
        Assert.Null(DashboardModelAge.Updated(updated!, DateTimeOffset.FromUnixTimeSeconds(1_800_000_000)));
        Assert.Null(DashboardModelAge.Updated("""{"widgets":[{"properties":{"metrics":[[{"expression":"m1 - 5"}]]}}]}""", DateTimeOffset.UnixEpoch));
        Assert.Null(DashboardModelAge.Updated("no JSON", DateTimeOffset.UnixEpoch));
        Assert.Null(DashboardModelAge.Updated("[]", DateTimeOffset.UnixEpoch));
    }
}
