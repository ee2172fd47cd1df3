using System.Diagnostics;
using System.Runtime.InteropServices;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Signals;

namespace MlDeploy.Specs.ToolShell;

public sealed class SignalSpecs
{
    [Theory]
    [InlineData(PosixSignal.SIGINT, ExitCode.Interrupted)]
    [InlineData(PosixSignal.SIGTERM, ExitCode.Terminated)]
    public void The_first_signal_asks_the_command_to_end_and_the_second_is_left_to_the_system(PosixSignal signal, ExitCode exit)
    {
        using var interruption = new Interruption();
        Assert.Null(interruption.ExitCode);

        Assert.True(interruption.Receive(signal));
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.Equal(exit, interruption.ExitCode);

        Assert.False(interruption.Receive(PosixSignal.SIGTERM));
        Assert.Equal(exit, interruption.ExitCode);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_real_process_that_is_signalled_ends_with_the_documented_code(string signal, int exit)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals of this kind are POSIX");
        var stop = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "mldeploy.dll"), "validate", "-f", "-", "--verbose"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true, // Held open: the command waits for its manifest.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Assert.Equal("reading the manifest from standard input", await process.StandardError.ReadLineAsync(stop));

        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await process.WaitForExitAsync(stop);

        Assert.Equal(exit, process.ExitCode);
        Assert.Empty(await process.StandardOutput.ReadToEndAsync(stop));
        Assert.StartsWith($"exit {exit}: interrupted by SIG{signal}", await process.StandardError.ReadToEndAsync(stop), StringComparison.Ordinal);
    }
}
