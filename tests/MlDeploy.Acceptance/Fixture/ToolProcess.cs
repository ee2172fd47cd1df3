using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MlDeploy.Local.Processes;

namespace MlDeploy.Acceptance.Fixture;

/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error: progress and messages.</param>
internal sealed record ToolResult(string CommandLine, int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Shows everything that was said when the exit code is another.</summary>
    public ToolResult ExitsWith(int expected)
    {
        Assert.True(ExitCode == expected, $"{this}\nexpected exit code {expected}");
        return this;
    }

    /// <summary>Says this, on either stream.</summary>
    public ToolResult Says(string part)
    {
        Assert.True(Output.Contains(part, StringComparison.Ordinal) || Errors.Contains(part, StringComparison.Ordinal), $"{this}\nexpected: {part}");
        return this;
    }

    public ToolResult SaysNot(string part)
    {
        Assert.False(Output.Contains(part, StringComparison.Ordinal) || Errors.Contains(part, StringComparison.Ordinal), $"{this}\nnot expected: {part}");
        return this;
    }

    /// <summary>An error ends with a remedy and with what the exit code means, and never shows a stack.</summary>
    public ToolResult ExplainsItself()
    {
        Assert.True(Errors.Contains("→ ", StringComparison.Ordinal) && Errors.Contains($"exit {ExitCode}: ", StringComparison.Ordinal), $"{this}\nexpected a remedy and the meaning of the exit code");
        Assert.DoesNotContain("   at MlDeploy.", Errors, StringComparison.Ordinal);
        return this;
    }

    public override string ToString() => $"$ mldeploy {CommandLine}\n{Output}{Errors}(exit code {ExitCode})";
}

/// <summary>The tool while it runs.</summary>
internal sealed class ToolProcess : IDisposable
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(3);
    private readonly Process process;
    private readonly string commandLine;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private bool disposed;

    private ToolProcess(Process process, string commandLine)
    {
        this.process = process;
        this.commandLine = commandLine;
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    /// <summary>What it said so far on standard error.</summary>
    public string Errors => Read(errors);

    public string Output => Read(output);

    public bool HasExited => process.HasExited;

    public int Id => process.Id;

    public static ToolProcess Start(IReadOnlyDictionary<string, string> environment, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(TheTool.Executable, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ToolProcess(Process.Start(start)!, string.Join(' ', arguments));
    }

    public async Task<ToolResult> ResultAsync()
    {
        using var limit = new CancellationTokenSource(LongestRun);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail($"did not end within {LongestRun}: {new ToolResult(commandLine, -1, Read(output), Read(errors))}");
        }

        return new ToolResult(commandLine, process.ExitCode, Read(output), Read(errors));
    }

    /// <summary>Waits until it has said this on standard error.</summary>
    public Task SaysAsync(string part) => Until.TrueAsync(
        () => Read(errors).Contains(part, StringComparison.Ordinal) || (process.HasExited ? throw Ended(part) : false),
        () => $"`mldeploy {commandLine}` says '{part}'; it said:\n{Read(errors)}");

    public void Signal(int signal) => Signals.Send(ProcessIdentity.Of(process.Id)!, signal);

    public void Kill() => process.Kill();

    /// <summary>Kills it if it runs still; what it said can be read all the same.</summary>
    public void Dispose()
    {
        if (!disposed && !process.HasExited)
        {
            process.Kill();
        }

        disposed = true;
        process.Dispose();
    }

    private Xunit.Sdk.XunitException Ended(string part) => new($"`mldeploy {commandLine}` ended with {process.ExitCode} without saying '{part}':\n{Read(output)}{Read(errors)}");

    private static void Append(StringBuilder to, string? line)
    {
        if (line is not null)
        {
            lock (to)
            {
                to.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder from)
    {
        lock (from)
        {
            return from.ToString();
        }
    }
}
