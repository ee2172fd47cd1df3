using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using MlDeploy.Core.Probing;

namespace MlDeploy.Tool.Processes;

/// <summary>Runs a short command to its end; output is kept up to a limit, and the whole tree ends with the timeout.</summary>
internal sealed class CommandRunner(TimeProvider clock) : ICommandRunner
{
    private const int KeptCharacters = 64 << 10;

    public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = Start(request) };
        try
        {
            process.Start();
        }
        catch (Exception failure) when (failure is Win32Exception or IOException or UnauthorizedAccessException)
        {
            return new CommandResult(null, "", $"{request.Command[0]} cannot be started: {failure.Message}", TimedOut: false);
        }

        process.StandardInput.Close();
        var output = TailAsync(process.StandardOutput);
        var error = TailAsync(process.StandardError);
        using var timeout = new CancellationTokenSource(request.Timeout, RehearsalClock.OfThisMachine(clock));
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        try
        {
            await process.WaitForExitAsync(either.Token);
            return new CommandResult(process.ExitCode, await output, await error, TimedOut: false);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            return new CommandResult(null, "", "", TimedOut: true);
        }
    }

    private static ProcessStartInfo Start(CommandRequest request)
    {
        var start = new ProcessStartInfo(Program(request))
        {
            WorkingDirectory = request.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in request.Environment)
        {
            start.Environment[name] = value;
        }

        foreach (var argument in request.Command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>A relative path is meant from the working directory, as a shell there would take it.</summary>
    private static string Program(CommandRequest request)
    {
        var program = request.Command[0];
        return program.Contains('/', StringComparison.Ordinal) && !Path.IsPathRooted(program) ? Path.GetFullPath(program, request.WorkingDirectory) : program;
    }

    private static async Task<string> TailAsync(StreamReader reader)
    {
        var kept = new StringBuilder();
        var buffer = new char[4096];
        int read;
        while ((read = await reader.ReadAsync(buffer)) > 0)
        {
            kept.Append(buffer, 0, read);
            if (kept.Length > 2 * KeptCharacters)
            {
                kept.Remove(0, kept.Length - KeptCharacters);
            }
        }

        return kept.Length > KeptCharacters ? kept.ToString(kept.Length - KeptCharacters, KeptCharacters) : kept.ToString();
    }
}
