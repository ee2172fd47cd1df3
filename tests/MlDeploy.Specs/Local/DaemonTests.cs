using System.Diagnostics;
using System.Globalization;
using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Local;

public sealed class DaemonTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("{0}")] // from a pipeline step
    [InlineData("nohup {0}")]
    [InlineData("script -qec \"{0}\" /dev/null")] // from a terminal, which closes right after
    public async Task It_outlives_its_starter_and_the_terminal_and_holds_neither(string how)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "looks into /proc");
        Assert.SkipUnless(File.Exists($"/usr/bin/{how.Split(' ')[0]}") || how.StartsWith('{'), $"{how.Split(' ')[0]} is not installed");
        var log = folder.PathTo("host.log");
        var command = string.Format(CultureInfo.InvariantCulture, how, $"'{TestApp.Executable}' daemon '{log}'");
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        })!;
        // Ends only when every holder of the pipe has closed it: a daemon that kept it would hang a CI job here.
        var output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await shell.WaitForExitAsync();
        var daemon = ProcessIdentity.Of(PidIn(output))!;
        try
        {
            await Eventually.Becomes(() => File.Exists(log) && File.ReadAllText(log).Contains("detached", StringComparison.Ordinal), "it runs");
            Assert.Equal(daemon.Pid, ProcStat.Read(daemon.Pid)!.Value.Session);
            Assert.Equal("0", (await File.ReadAllTextAsync($"/proc/{daemon.Pid}/stat")).Split(") ")[1].Split(' ')[4]); // no terminal

            const int HangUp = 1;
            Assert.True(Signals.Send(daemon, HangUp));
            Assert.True(Signals.Send(daemon, HangUp));
            await Task.Delay(100);
            Assert.True(daemon.IsAlive());
        }
        finally
        {
            Signals.Send(daemon, Signals.Kill);
        }

        await ParentWatch.WaitForEndAsync(daemon, TimeProvider.System).WaitAsync(TimeSpan.FromSeconds(20));
    }

    // A terminal adds escape sequences of its own around it.
    private static int PidIn(string output) => int.Parse(
        new string([.. output.TrimEnd().Reverse().TakeWhile(char.IsAsciiDigit).Reverse()]), CultureInfo.InvariantCulture);

    [Fact]
    public async Task The_end_of_the_parent_is_noticed()
    {
        using var parent = Process.Start("sleep", "600");
        var watch = ParentWatch.WaitForEndAsync(ProcessIdentity.Of(parent.Id)!, TimeProvider.System);
        Assert.False(watch.IsCompleted);
        parent.Kill();
        await watch.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
