using System.Collections.Immutable;
using System.Diagnostics;

namespace MlDeploy.AwsTwin.Processes;

/// <summary>
/// The local process that stands for a container. On Linux it runs under a shell that leads a process group of its own and holds a
/// pipe from the twin: when the twin dies, even by SIGKILL, the pipe ends and the shell kills the group. (PR_SET_PDEATHSIG would
/// be shorter, but it follows the death of the *thread* that started the child, and pool threads come and go.)
/// </summary>
internal sealed class ContainerProcess : IDisposable
{
    /// <summary>A TERM sent to the group must reach the application but neither this shell, which reports the exit code, nor the guard.</summary>
    private const string Guard = """
        trap : TERM
        exec 3<&0
        "$@" 3<&- </dev/null &
        app=$!
        (trap '' TERM; read -r _ <&3; kill -KILL -$$) 2>/dev/null &
        guard=$!
        while :; do
          wait $app; code=$?
          kill -0 $app 2>/dev/null || break
        done
        kill -KILL $guard 2>/dev/null
        exit $code
        """;

    private readonly Process process;

    private ContainerProcess(Process process)
    {
        this.process = process;
        Id = process.Id;
    }

    /// <summary>Of the process and, on Linux, of its group. Known after its end too.</summary>
    public int Id { get; }

    /// <summary>Exit code as a container runtime tells it: 128 + n after signal n.</summary>
    public Task<int> Exit { get; private init; } = Task.FromResult(0);

    public static ContainerProcess Start(ImmutableArray<string> command, IReadOnlyDictionary<string, string> environment, Action<string> output)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        ImmutableArray<string> line = OperatingSystem.IsLinux() ? ["setsid", "/bin/sh", "-c", Guard, "container", .. command] : command;
        start.FileName = line[0];
        foreach (var argument in line[1..])
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var process = new Process { StartInfo = start };
        process.OutputDataReceived += Received;
        process.ErrorDataReceived += Received;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ContainerProcess(process) { Exit = ExitAsync(process) };

        void Received(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { } text)
                output(text);
        }
    }

    /// <summary>Asks the application to end.</summary>
    public void Terminate() => Signal("TERM");

    public void Kill() => Signal("KILL");

    /// <summary>Closes the pipe that holds it, as the twin's death does.</summary>
    public void LetGo() => process.StandardInput.Close();

    public void Dispose()
    {
        if (!process.HasExited)
            Kill();
        process.Dispose();
    }

    private static async Task<int> ExitAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private void Signal(string signal)
    {
        if (process.HasExited)
            return;
        if (!OperatingSystem.IsLinux())
        {
            process.Kill(entireProcessTree: true);
            return;
        }

        using var kill = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"kill -{signal} -{Id}"]) { RedirectStandardError = true });
        kill?.WaitForExit();
    }
}
