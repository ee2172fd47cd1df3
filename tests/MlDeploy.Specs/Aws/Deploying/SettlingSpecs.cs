using MlDeploy.Aws.Deploying.Judging;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>Late and lost data are missing, never zero.</summary>
public sealed class SettlingSpecs
{
    private static readonly ArmMinute Whole = Arm(("requests", 100), ("c2", 95), ("c5", 5), ("samples", 100), ("slowest", 0.3));

    [Theory]
    [InlineData(59, "Waiting")]
    [InlineData(60, "Complete")]
    public void A_minute_is_judged_once_it_has_settled(int seconds, string state) =>
        Assert.Equal(state, MinuteSettling.Of(Whole, Whole, TimeSpan.FromSeconds(seconds)).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("requests 100")]
    [InlineData("c2 95,samples 95")]
    [InlineData("requests 100,samples 100")]
    [InlineData("requests 100,c2 100")]
    [InlineData("requests 100,c2 40,samples 100")]
    public void Stable_data_that_lack_something_are_waited_for_and_then_lost(string values)
    {
        var part = Arm(values);

        Assert.Equal(MinuteState.Waiting, MinuteSettling.Of(Whole, part, TimeSpan.FromSeconds(179)));
        Assert.Equal(MinuteState.Lost, MinuteSettling.Of(Whole, part, TimeSpan.FromSeconds(180)));
    }

    [Fact]
    public void A_candidate_that_answers_nothing_at_all_fails_every_request_where_stables_answers_are_there()
    {
        var hanging = Arm(("requests", 40));

        Assert.Equal(MinuteState.Complete, MinuteSettling.Of(hanging, Whole, TimeSpan.FromMinutes(3)));
        Assert.Equal(new ArmCount(40, 40), hanging.Errors);
        Assert.Equal(MinuteState.Lost, MinuteSettling.Of(hanging, hanging, TimeSpan.FromMinutes(3)));
    }

    [Fact]
    public void Requests_that_the_balancer_answered_itself_are_errors() =>
        Assert.Equal(new ArmCount(100, 12), Arm(("requests", 100), ("c2", 80), ("c3", 5), ("c4", 3), ("c5", 2), ("samples", 90)).Errors);

    [Fact]
    public void Slow_answers_are_counted_where_CloudWatch_tells_them_and_are_none_where_the_slowest_is_fast()
    {
        Assert.Equal(new ArmCount(100, 7), Arm(("samples", 100), ("slow0", 7)).Slower("slow0", 0.4));
        Assert.Equal(new ArmCount(100, 0), Whole.Slower("slow0", 0.4));
        Assert.Null(Whole.Slower("slow0", 0.2));
        Assert.Equal(new ArmCount(0, 0), Arm(("requests", 3)).Slower("slow0", 0.2));
    }

    private static ArmMinute Arm(string values) => Arm([.. values.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(value => value.Split(' ')).Select(pair => (pair[0], double.Parse(pair[1], System.Globalization.CultureInfo.InvariantCulture)))]);

    private static ArmMinute Arm(params (string Id, double Value)[] values) => new(values.ToDictionary(value => value.Id, value => value.Value));
}
