using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using MlDeploy.Core.Errors;

namespace MlDeploy.Local.Processes;

/// <param name="Command">Program and arguments; never empty.</param>
/// <param name="WorkingDirectory">Absolute; a relative program is looked up from here.</param>
/// <param name="Environment">All the process gets: nothing is inherited.</param>
/// <param name="LogFile">Absolute; standard output and error are appended to it.</param>
public sealed record LaunchSpec(
    ImmutableArray<string> Command,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment,
    string LogFile);

/// <summary>
/// Starts processes that can outlive their starter: they write to their log themselves instead of through a pipe that would end
/// with the host, and stand in a session of their own, where no Ctrl-C and no closing terminal reaches them.
/// </summary>
public static class ProcessLauncher
{
    // `exec` throughout, so that the process id is the application's. Descriptors 3 to 9 are what a CI shell or `flock` may have
    // left open for us; an application that kept them would hold up whoever waits for their end.
    private const string Script = "exec >>\"$1\" 2>&1 </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; shift; exec \"$@\"";

    // Without setsid(1) (macOS) the process stays in the terminal's session; at least its closing must not end it.
    private const string ScriptIgnoringHangup = "trap '' HUP; " + Script;

    private static readonly ImmutableArray<string> SetSidPlaces = ["/usr/bin/setsid", "/bin/setsid"];

    /// <exception cref="ExpectedException">Exit 7: the command cannot be found or executed, the folder is missing, or the system refuses.</exception>
    public static RunningProcess Start(LaunchSpec spec, TimeProvider time)
    {
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"The working directory `{spec.WorkingDirectory}` does not exist.",
                "Deploy the version again: its snapshot is gone.");
        }

        var program = CommandLookup.Find(spec.Command[0], spec.WorkingDirectory, spec.Environment);
        var start = OperatingSystem.IsWindows() ? WindowsStart(spec, program) : UnixStart(spec, program);
        start.WorkingDirectory = spec.WorkingDirectory;
        start.UseShellExecute = false;
        start.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
            start.Environment[name] = value;

        try
        {
            new LogFile(spec.LogFile).Create();
            return RunningProcess.Started(Process.Start(start)!, time);
        }
        catch (Exception error) when (error is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"`{spec.Command[0]}` cannot be started: {error.Message}",
                "See that its log folder can be written and that the limits on processes, memory and arguments are not reached (`ulimit -a`).",
                error);
        }
    }

    private static ProcessStartInfo UnixStart(LaunchSpec spec, string program)
    {
        var setsid = SetSidPlaces.FirstOrDefault(File.Exists);
        var start = new ProcessStartInfo("/bin/sh");
        foreach (var argument in (string[])["-c", setsid is null ? ScriptIgnoringHangup : Script, "sh", spec.LogFile])
            start.ArgumentList.Add(argument);
        if (setsid is not null)
            start.ArgumentList.Add(setsid);
        start.ArgumentList.Add(program);
        foreach (var argument in spec.Command.Skip(1))
            start.ArgumentList.Add(argument);
        return start;
    }

    // Best effort: cmd.exe redirects and stays as the parent, so the recorded process is cmd and its tree is the application.
    // cmd expands %NAME% even within quotes and offers no way to write a literal one in a command line.
    private static ProcessStartInfo WindowsStart(LaunchSpec spec, string program)
    {
        var words = spec.Command.Skip(1).Prepend(program).Select(word => $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        return new ProcessStartInfo("cmd.exe", $"/d /s /c \"{string.Join(' ', words)} >>\"{spec.LogFile}\" 2>&1 <nul\"") { CreateNoWindow = true };
    }
}
