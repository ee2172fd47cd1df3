using System.Collections.Immutable;
using MlDeploy.AwsTwin.CloudFormation.Operations;

namespace MlDeploy.Specs.Aws.Twin;

public sealed class DependencyRunSpecs
{
    private static readonly Dictionary<string, ImmutableArray<string>> Graph = new()
    {
        ["a"] = [], ["b"] = ["a"], ["c"] = ["a"], ["d"] = ["b", "c"], ["slow"] = [],
    };

    [Fact]
    public async Task Each_starts_when_all_it_waits_for_is_done()
    {
        var order = new List<string>();
        var failed = await DependencyRun.RunAsync(Graph, stopAtFailure: true, (name, _) =>
        {
            order.Add(name);
            return Task.FromResult(true);
        }, CancellationToken.None);
        Assert.Empty(failed);
        Assert.Equal(5, order.Count);
        Assert.All(Graph, node => Assert.All(node.Value, other => Assert.True(order.IndexOf(other) < order.IndexOf(node.Key))));
    }

    [Fact]
    public async Task Making_stops_at_the_first_failure_and_cancels_what_runs()
    {
        var cancelled = false;
        var failed = await DependencyRun.RunAsync(Graph, stopAtFailure: true, async (name, cancel) =>
        {
            if (name == "slow")
            {
                var ended = new TaskCompletionSource();
                await using var registration = cancel.Register(ended.SetResult);
                await ended.Task;
                cancelled = true;
                return false;
            }

            return name != "b";
        }, CancellationToken.None);
        Assert.Equal(["b"], failed);
        Assert.True(cancelled);
    }

    [Fact]
    public async Task Removing_goes_on_with_all_that_does_not_wait_for_what_failed()
    {
        var done = new List<string>();
        var failed = await DependencyRun.RunAsync(Graph, stopAtFailure: false, (name, _) =>
        {
            done.Add(name);
            return Task.FromResult(name != "b");
        }, CancellationToken.None);
        Assert.Equal(["b"], failed);
        Assert.Equal(["a", "b", "c", "slow"], done.Order(StringComparer.Ordinal));
    }
}
