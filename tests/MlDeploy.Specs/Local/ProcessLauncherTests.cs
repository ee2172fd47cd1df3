using MlDeploy.Core.Errors;
using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Local;

public sealed class ProcessLauncherTests : IDisposable
{
    private readonly TestFolder folder = new("mldeploy it's a \"$HOME\" ünï");

    public void Dispose() => folder.Dispose();

    private LaunchSpec Spec(params string[] command) =>
        new([.. command], folder.Root, TestApp.Environment(), folder.PathTo("logs of it/app $1.log"));

    private async Task<(int? Code, string Log)> RunAsync(LaunchSpec spec)
    {
        using var process = ProcessLauncher.Start(spec, TimeProvider.System);
        var code = await process.WaitForExitAsync();
        return (code, await File.ReadAllTextAsync(spec.LogFile));
    }

    private ExpectedException Refusal(LaunchSpec spec)
    {
        var error = Assert.Throws<ExpectedException>(() => ProcessLauncher.Start(spec, TimeProvider.System).Dispose());
        Assert.Equal(ExitCode.TargetFailed, error.ExitCode);
        Assert.NotEmpty(error.Remedy);
        return error;
    }

    [Fact]
    public async Task Arguments_arrive_as_written_and_both_streams_reach_the_log()
    {
        var (code, log) = await RunAsync(Spec("sh", "-c", "printf '%s|' \"$@\"; echo err >&2; exit 3", "x", "a b", "$HOME", "'\"", "", "*"));
        Assert.Equal(3, code);
        Assert.Equal("a b|$HOME|'\"||*|err\n", log);
    }

    [Fact]
    public async Task Only_the_given_environment_arrives()
    {
        var (_, log) = await RunAsync(Spec("env"));
        var names = log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).Except(["PWD", "OLDPWD", "SHLVL", "_"]);
        Assert.Equal(TestApp.Environment().Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_appends_to_the_log_runs_in_its_folder_and_reads_nothing()
    {
        var spec = Spec("sh", "-c", "pwd; cat");
        await RunAsync(spec);
        Assert.Equal((0, $"{folder.Root}\n{folder.Root}\n"), await RunAsync(spec));
    }

    [Fact]
    public async Task It_holds_no_stream_of_its_starter()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks into /proc");
        var (_, log) = await RunAsync(Spec("sh", "-c", "ls -l /proc/self/fd"));
        var targets = log.Split('\n').Where(line => line.Contains(" -> ", StringComparison.Ordinal)).Select(line => line.Split(" -> ")[1]).ToArray();
        var foreign = targets.Where(target => target != "/dev/null" && !target.StartsWith(folder.Root, StringComparison.Ordinal)
            && !target.StartsWith("/proc/", StringComparison.Ordinal));
        Assert.Empty(foreign);
    }

    [Fact]
    public async Task It_leads_a_session_of_its_own_under_the_recorded_process_id()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/setsid"), "needs setsid(1)");
        using var process = ProcessLauncher.Start(Spec("sleep", "60"), TimeProvider.System);
        try
        {
            await Eventually.Becomes(() => ProcStat.Read(process.Identity.Pid)?.Session == process.Identity.Pid, "own session");
            await Eventually.Becomes(
                () => File.ReadAllText($"/proc/{process.Identity.Pid}/cmdline").StartsWith('/')
                    && File.ReadAllText($"/proc/{process.Identity.Pid}/comm") == "sleep\n",
                "the recorded process is the application itself");
        }
        finally
        {
            Signals.Send(process.Identity, Signals.Kill);
        }

        Assert.Equal(137, await process.WaitForExitAsync());
    }

    [Fact]
    public void A_command_that_is_not_on_PATH_is_said_with_the_PATH()
    {
        var error = Refusal(Spec("no-such-program") with { Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/opt/x" } });
        Assert.Equal("application.command: `no-such-program` cannot be started: looked on PATH in /usr/bin, /opt/x.", error.Message);
        Assert.Contains("Install `no-such-program`", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_that_name_beside_the_manifest_is_suggested()
    {
        folder.WriteScript("serve", "true");
        Assert.Contains("`./serve`", Refusal(Spec("serve")).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_does_not_exist_is_said_in_full() =>
        Assert.Contains(folder.PathTo("bin/serve"), Refusal(Spec("./bin/serve")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_script_that_is_not_executable_is_said()
    {
        folder.Write("serve.sh", "#!/bin/sh\n");
        var error = Refusal(Spec("./serve.sh"));
        Assert.Contains("not executable", error.Message, StringComparison.Ordinal);
        Assert.Contains("chmod +x", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_whose_interpreter_is_missing_is_said()
    {
        File.WriteAllText(folder.WriteScript("serve", "true"), "#!/opt/nowhere/python3.99 -u\nprint(1)\n");
        Assert.Contains("/opt/nowhere/python3.99", Refusal(Spec("./serve")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_without_a_first_line_for_an_interpreter_runs_in_the_shell()
    {
        File.WriteAllText(folder.WriteScript("serve", "true"), "echo works\n");
        Assert.Equal((0, "works\n"), await RunAsync(Spec("./serve")));
    }

    [Fact]
    public void A_missing_working_directory_is_said() =>
        Assert.Contains("working directory", Refusal(Spec("sh") with { WorkingDirectory = folder.PathTo("gone") }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_log_that_cannot_be_written_is_said()
    {
        folder.Write("file");
        Assert.Contains("cannot be started", Refusal(Spec("sh") with { LogFile = folder.PathTo("file/app.log") }).Message, StringComparison.Ordinal);
    }
}
