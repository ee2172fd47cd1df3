using System.Text;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>
/// What people read of a deployment, whole, without what differs from run to run. A difference fails;
/// MLDEPLOY_REGENERATE=1 writes the files anew, so that the change is seen in review.
/// </summary>
public sealed class GoldenSpecs : AcceptanceTest
{
    [Fact]
    public async Task A_first_deployment_and_one_that_fails_a_test()
    {
        var first = await State.DeployAsync(Given);
        Match("first", first.ExitsWith(0));
        await MatchReportsAsync("first");

        var failed = await State.DeployAsync(Given.Of("v2") with
        {
            Rollout = $"{Rollouts.Canary}\ntests:\n  - {{ name: alive, http: {{ path: /health }} }}\n  - {{ name: contract, command: [sh, -c, 'echo contract broken >&2; exit 9'] }}",
        });

        Match("failed-test", failed.ExitsWith(4));
        await MatchReportsAsync("failed-test");
    }

    [Fact]
    public async Task A_canary_that_is_promoted()
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);

        Match("canary", (await State.DeployAsync(Given.Of("v2"))).ExitsWith(0));

        await MatchReportsAsync("canary");
        await ThePageIsMadeAgainFromTheJournalAloneAsync();
    }

    private async Task ThePageIsMadeAgainFromTheJournalAloneAsync()
    {
        var folder = State.Application.Deployment(2);
        var again = Path.Combine(State.Root, "again.html");

        (await State.RunAsync("report", "--from", Path.Combine(folder, "journal.jsonl"), "--out", again)).ExitsWith(0);

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(folder, "report.html")), await File.ReadAllBytesAsync(again));
    }

    private async Task MatchReportsAsync(string name)
    {
        Match($"{name}.report", (await State.RunAsync("report")).ExitsWith(0));
        Match($"{name}.report.json", (await State.RunAsync("report", "-o", "json")).ExitsWith(0));
    }

    private void Match(string name, ToolResult result)
    {
        var text = new StringBuilder(result.Errors);
        if (result.Errors.Length > 0)
        {
            text.Append("--- standard output\n");
        }

        Goldens.Match(name, Normalised.Of(text.Append(result.Output).ToString(), State));
    }
}
