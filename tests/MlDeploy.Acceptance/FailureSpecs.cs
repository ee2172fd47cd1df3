using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance;

/// <summary>What goes wrong on a machine: a message with a remedy, the documented exit code, and stable untouched.</summary>
public sealed class FailureSpecs : AcceptanceTest
{
    [Fact]
    public async Task Of_two_deployments_at_once_the_second_is_told_who_holds_the_lease()
    {
        await StableServesAsync();
        State.Environment["GITHUB_RUN_ID"] = "42";
        State.Environment["GITHUB_ACTOR"] = "ada";
        State.Environment["GITHUB_SERVER_URL"] = "https://github.example";
        State.Environment["GITHUB_REPOSITORY"] = "team/app";
        using var first = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await first.SaysAsync("step 1 of 1");

        var second = await State.DeployAsync(Given.Of("v3"));

        second.ExitsWith(8).Says("ada (GitHub Actions) began it at").Says("https://github.example/team/app/actions/runs/42").ExplainsItself();
        Assert.Equal("v2", (await State.StatusAsync()).Candidate!.Label);
        first.Signal(TestState.Interrupt);
        (await first.ResultAsync()).ExitsWith(130);
        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_a_remedy()
    {
        using var squatter = new TcpListener(IPAddress.Loopback, State.Port);
        squatter.Start();

        (await State.DeployAsync(Given)).ExitsWith(7).Says($"{State.Port}").ExplainsItself();

        squatter.Stop();
        (await State.DeployAsync(Given)).ExitsWith(0);
    }

    [Theory]
    [InlineData("no-such-program", "no-such-program")]
    [InlineData("./no-such-file", "no-such-file")]
    public async Task A_command_that_is_not_found_is_named(string command, string says)
    {
        await StableServesAsync();

        (await State.DeployAsync(Given.Of("v2") with { Command = [command] })).ExitsWith(7).Says(says).Says("v1");

        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Theory]
    [InlineData("--never-listen", "true")]
    [InlineData("--unhealthy-for", "600000")]
    [InlineData("--exit-at-start", "9")]
    public async Task A_version_that_never_becomes_healthy_never_gets_traffic(string how, string value)
    {
        await StableServesAsync();
        await using var traffic = TrafficLoad.Start(State);
        var health = Given.Health.Replace("60s", "3s", StringComparison.Ordinal);

        var deploy = await State.DeployAsync(Given.Of("v2", how, value) with { Health = health });

        deploy.ExitsWith(7).Says("never became healthy").Says("is verified serving 100 %");
        (await State.StatusAsync()).ServesOnly("v1");
        var account = await traffic.EndAsync();
        account.LostNothing();
        Assert.Equal(0, account.Of("v2"));
    }

    [Fact]
    public async Task A_version_that_is_healthy_and_then_dies_without_traffic_is_rolled_back()
    {
        await StableServesAsync();

        var deploy = await State.DeployAsync(Given.Of("v2", "--die-after", "3000") with { Rollout = Rollouts.LongCanary });

        deploy.ExitsWith(4).Says("restarts");
        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Fact]
    public async Task A_stable_version_that_dies_is_restarted()
    {
        await StableServesAsync();
        var before = (await State.StatusAsync()).Stable!;

        TestState.Kill(before.ProcessId!.Value);

        await Until.TrueAsync(async () => (await State.StatusAsync()).Stable is { Health: "healthy" } now && now.ProcessId != before.ProcessId, "stable runs again");
        Assert.Equal("v1", await State.AnswersAsync());
    }

    [Fact]
    public async Task Traffic_is_not_sent_back_to_a_stable_version_that_broke_too()
    {
        var needed = Path.Combine(State.Root, "needed");
        await File.WriteAllTextAsync(needed, "");
        await StableServesAsync(Given with { Command = ["sh", "-c", $"test -e {needed} && exec {TheTool.TestApplication} --version v1"] });
        using var deploy = State.StartDeploy(Given.Of("v2") with { Rollout = Rollouts.LongCanary });
        await deploy.SaysAsync("step 1 of 1");
        File.Delete(needed);
        TestState.Kill((await State.StatusAsync()).Stable!.ProcessId!.Value);
        await Until.TrueAsync(async () => (await State.StatusAsync()).Stable!.Health != "healthy", "stable is broken");

        (await State.RunAsync("abort")).ExitsWith(5).Says("Unsafe");

        (await deploy.ResultAsync()).ExitsWith(5).Says("traffic was left where it is").Says("mldeploy rollback --to");
        var status = await State.StatusAsync();
        Assert.True(status.Versions.Single(version => version.Label == "v2") is { Weight: > 0, Health: "healthy" }, status.ToString());

        // A version that does not work leaves it as it is; what the message tells to do works.
        (await State.DeployAsync(Given.Of("v3", "--exit-at-start", "1"))).ExitsWith(5);
        Assert.True((await State.StatusAsync()).Candidate is { Label: "v2", Weight: > 0, Health: "healthy" });
        (await State.DeployAsync(Given.Of("v4") with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);
        (await State.StatusAsync()).ServesOnly("v4");
    }

    [Fact]
    public async Task A_full_disk_is_told_and_stable_goes_on_serving()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a small file system can only be mounted by root on Linux");
        var small = Path.Combine(State.Root, "small");
        Directory.CreateDirectory(small);
        await ShellAsync($"mount -t tmpfs -o size=4m tmpfs {small}");
        try
        {
            State.Folder = Path.Combine(small, "state");
            State.Environment["MLDEPLOY_STATE"] = State.Folder;
            await StableServesAsync();
            await File.WriteAllBytesAsync(Path.Combine(State.Sources, "model.bin"), new byte[1 << 20]);
            await ShellAsync($"head -c 8m /dev/zero > {small}/filler || true");

            (await State.DeployAsync(Given.Of("v2"))).ExitsWith(7).Says("space").ExplainsItself();
            (await State.StatusAsync()).ServesOnly("v1");
            Assert.Equal("v1", await State.AnswersAsync());

            File.Delete(Path.Combine(small, "filler"));
            (await State.DeployAsync(Given.Of("v2") with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);

            // Now the disk fills while a canary runs: its journal cannot be written any more.
            using var deploy = State.StartDeploy(Given.Of("v3") with { Rollout = Rollouts.LongCanary });
            await deploy.SaysAsync("step 1 of 1");
            await ShellAsync($"head -c 8m /dev/zero > {small}/filler || true");
            (await deploy.ResultAsync()).ExitsWith(7).Says("space");
            (await State.StatusAsync()).ServesOnly("v2");
        }
        finally
        {
            File.Delete(Path.Combine(small, "filler"));
            await State.RunAsync("host", "stop");
            await ShellAsync($"umount -l {small}");
        }
    }

    [Fact]
    public async Task A_state_folder_that_cannot_be_written_is_told()
    {
        State.Environment["MLDEPLOY_STATE"] = OperatingSystem.IsLinux() ? "/proc/state" : "/dev/null/state"; // Not even root may.

        (await State.DeployAsync(Given)).ExitsWith(7).Says("MLDEPLOY_STATE").ExplainsItself();
    }

    [Fact]
    public async Task Without_HOME_the_error_names_what_to_set_or_the_state_is_used_that_is_named()
    {
        State.Environment.Remove("HOME");

        (await State.DeployAsync(Given)).ExitsWith(0);
        (await State.StatusAsync()).ServesOnly("v1");
    }

    [Theory]
    [InlineData("deploy --no-such-option")]
    [InlineData("deply")]
    [InlineData("deploy --set rollout.steps=5")]
    [InlineData("deploy -f missing.yaml")]
    [InlineData("deploy --env missing")]
    [InlineData("deploy --target aws")]
    [InlineData("")]
    public async Task Mistakes_of_usage_touch_nothing(string arguments)
    {
        State.Write(Given);

        var result = await State.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ExitsWith(3);
        Assert.NotEmpty(result.Errors);
        Assert.Empty(Processes.Of(State.Folder, State.Name));
        Assert.False(Directory.Exists(State.Application.Folder));
    }

    private static async Task ShellAsync(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { RedirectStandardError = true, UseShellExecute = false })!;
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, $"{command}: {errors}");
    }
}
