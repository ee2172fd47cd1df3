using System.Globalization;
using System.Text.Json;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

public sealed class CommandSpecs : AcceptanceTest
{
    [Fact]
    public async Task Plan_shows_what_would_change_and_changes_nothing()
    {
        State.Write(Given);
        (await State.RunAsync("plan", "--detailed-exitcode")).ExitsWith(2);
        Assert.Empty(Processes.Of(State.Folder, State.Name));
        await StableServesAsync();

        (await State.RunAsync("plan", "--detailed-exitcode")).ExitsWith(0);
        State.Write(Given.Of("v2") with { Rollout = Rollouts.AllAtOnce });
        var plan = (await State.RunAsync("plan", "--detailed-exitcode", "-o", "json")).ExitsWith(2).Json;

        Assert.True(plan.GetProperty("changes").GetBoolean());
        Assert.Contains(plan.GetProperty("properties").EnumerateArray(), change => change.GetProperty("path").GetString() == "version" && change.GetProperty("new").GetString() == "\"v2\"");
        (await State.RunAsync("plan")).ExitsWith(0).Says("v2");
        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Fact]
    public async Task Destroy_wants_the_name_and_leaves_nothing()
    {
        await StableServesAsync();
        (await State.RunAsync("destroy")).ExitsWith(3);
        (await State.RunAsync("destroy", "--confirm", "another")).ExitsWith(3).ExplainsItself();
        (await State.StatusAsync()).ServesOnly("v1");

        (await State.RunAsync("destroy", "--confirm", State.Name)).ExitsWith(0).Says("is gone");

        Assert.Empty(Processes.OfInstances(State.Name));
        Assert.False(Directory.Exists(State.Application.Folder));
        (await State.RunAsync("status", "--app", State.Name)).ExitsWith(3).ExplainsItself();
        (await State.DeployAsync(Given)).ExitsWith(0);
    }

    [Fact]
    public async Task Logs_history_metrics_and_reports_tell_what_was()
    {
        await StableServesAsync();
        await using (var traffic = TrafficLoad.Start(State))
        {
            (await State.DeployAsync(Given.Of("v2"))).ExitsWith(0);
            await traffic.OkAsync(20);
        }

        (await State.RunAsync("logs")).ExitsWith(0).Says("version v1 starts").Says("version v2 starts");
        var one = (await State.RunAsync("logs", "v2")).ExitsWith(0).Says("version v2 starts");
        Assert.DoesNotContain("version v1 starts", one.Output, StringComparison.Ordinal);
        (await State.RunAsync("logs", "v7")).ExitsWith(3).ExplainsItself();

        var history = (await State.RunAsync("history", "-o", "json")).ExitsWith(0).Json.GetProperty("deployments");
        Assert.Equal([2, 1], history.EnumerateArray().Select(entry => entry.GetProperty("number").GetInt32()));
        (await State.RunAsync("history")).ExitsWith(0).Says("promoted");

        var metrics = (await State.RunAsync("metrics")).ExitsWith(0).Says("# EOF").Output;
        Assert.Contains($"mldeploy_requests_total{{application=\"{State.Name}\"", metrics, StringComparison.Ordinal);
        (await State.RunAsync("report")).ExitsWith(0).Says("## What happened").Says("## bake");
        Assert.Equal(2, (await State.RunAsync("report", "-o", "json")).ExitsWith(0).Json.GetProperty("deployment").GetInt32());
        (await State.RunAsync("report", "1")).ExitsWith(0).Says("first version");
        (await State.RunAsync("report", "7")).ExitsWith(3).ExplainsItself();

        var availability = (await State.RunAsync("status", "-o", "json")).ExitsWith(0).Json.GetProperty("applications")[0].GetProperty("availability");
        Assert.Equal(availability.GetProperty("requests").GetInt64(), availability.GetProperty("successes").GetInt64());
        (await State.RunAsync("status")).ExitsWith(0).Says("availability 100 %");
    }

    [Fact]
    public async Task Logs_follow_until_the_signal()
    {
        await StableServesAsync();
        using var logs = State.Start("logs", "--follow");
        await Until.TrueAsync(() => logs.Output.Contains("listening", StringComparison.Ordinal), "the past is printed");

        TestState.Kill((await State.StatusAsync()).Stable!.ProcessId!.Value);

        await Until.TrueAsync(() => logs.Output.Split("version v1 starts").Length == 3, "the restarted process is followed too");
        logs.Signal(TestState.Interrupt);
        (await logs.ResultAsync()).ExitsWith(130);
    }

    [Fact]
    public async Task Doctor_is_content_with_this_machine_and_finds_a_missing_command()
    {
        State.Write(Given);
        (await State.RunAsync("doctor")).ExitsWith(0);

        State.Write(Given with { Command = ["no-such-program"] });
        (await State.RunAsync("doctor", "-o", "json")).ExitsWith(7).Says("no-such-program");
    }

    [Fact]
    public async Task The_host_starts_stops_and_is_restarted_while_the_same_process_goes_on_serving()
    {
        (await State.RunAsync("host", "status")).ExitsWith(0).Says("does not run");
        (await State.RunAsync("host", "start")).ExitsWith(0).Says("the host runs");
        await StableServesAsync();
        var before = (await State.StatusAsync()).Stable!;
        var (host, _) = await State.HostProcessesAsync();

        (await State.RunAsync("host", "restart")).ExitsWith(0);

        await Until.TrueAsync(async () => (await State.StatusAsync()).Stable is { Health: "healthy" }, "stable is healthy again");
        Assert.Equal(before.ProcessId, (await State.StatusAsync()).Stable!.ProcessId);
        Assert.NotEqual(host, (await State.HostProcessesAsync()).Host);
        Assert.Equal("v1", await State.AnswersAsync());

        (await State.RunAsync("host", "stop")).ExitsWith(0).Says("does not run");
        Assert.Empty(Processes.Of(State.Folder, State.Name));
        (await State.RunAsync("host", "stop")).ExitsWith(0).Says("nothing to do");

        // The next command that needs a host starts it, and what served serves again.
        await Until.TrueAsync(async () => (await State.StatusAsync()).Stable is { Health: "healthy" }, "stable serves again");
        Assert.Equal("v1", await State.AnswersAsync());
    }

    [Fact]
    public async Task Every_result_as_JSON_is_one_document_with_a_schema()
    {
        await StableServesAsync();
        foreach (var command in new[] { "status", "history", "metrics", "report", "plan", "doctor", "host status", "deploy", "abort" })
        {
            var result = await State.RunAsync([.. command.Split(' '), "-o", "json"]);
            Assert.StartsWith("mldeploy/", result.ExitsWith(0).Json.GetProperty("schema").GetString(), StringComparison.Ordinal);
        }

        var error = (await State.RunAsync("report", "99", "-o", "json")).ExitsWith(3).Json;
        Assert.Equal("mldeploy/error/v1", error.GetProperty("schema").GetString());
        Assert.Equal(JsonValueKind.Array, error.GetProperty("errors").ValueKind);
        Assert.Equal("3", error.GetProperty("exitCode").GetInt32().ToString(CultureInfo.InvariantCulture));
    }
}
