using System.Collections.Immutable;
using MlDeploy.Core.Probing;

namespace MlDeploy.Aws.Training;

/// <summary>The commit that the working directory stands at.</summary>
public static class CodeRevision
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <returns>Forty digits, with `-dirty` behind when files differ from it; null outside of a repository, or without git.</returns>
    public static async Task<string?> ReadAsync(ICommandRunner runner, string directory, ImmutableSortedDictionary<string, string> environment, CancellationToken stop)
    {
        var head = await RunAsync("rev-parse", "HEAD");
        if (head is not { ExitCode: 0 } || head.Output.Trim() is not { Length: 40 or 64 } commit || !commit.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        // Without a status that can be trusted the commit alone would claim too much.
        var status = await RunAsync("status", "--porcelain", "--untracked-files=no");
        return status is { ExitCode: 0, Output: var changes } && string.IsNullOrWhiteSpace(changes) ? commit : $"{commit}-dirty";

        Task<CommandResult> RunAsync(params string[] arguments) => runner.RunAsync(new CommandRequest(["git", .. arguments], directory, environment, Timeout), stop);
    }
}
