using System.Collections.Immutable;
using System.Diagnostics;
using MlDeploy.Aws.Templates.Checking;
using MlDeploy.Core.Probing;

namespace MlDeploy.Specs.Aws.Templates;

/// <summary>cfn-lint for the specifications: skipped where it is missing, which fails in CI.</summary>
internal static class Lint
{
    public static async Task<IReadOnlyList<string>> FilesAsync(IEnumerable<string> files)
    {
        Require();
        var start = new ProcessStartInfo("cfn-lint") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--format", "parseable", "--template", .. files])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Empty((await error).Trim());
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static void Require()
    {
        if (!Installed.Value)
        {
            const string Missing = "cfn-lint is not installed: pip install cfn-lint";
            Assert.True(Environment.GetEnvironmentVariable("CI") != "true", Missing);
            Assert.Skip(Missing);
        }
    }

    public static CfnLint Linter { get; } = new(new Runner(), Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .ToImmutableSortedDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal));

    private static Lazy<bool> Installed { get; } = new(() =>
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("cfn-lint", "--version") { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    private sealed class Runner : ICommandRunner
    {
        public async Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancel)
        {
            var start = new ProcessStartInfo(request.Command[0]) { WorkingDirectory = request.WorkingDirectory, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in request.Command.Skip(1))
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel);
            return new CommandResult(process.ExitCode, await output, await error, TimedOut: false);
        }
    }
}
