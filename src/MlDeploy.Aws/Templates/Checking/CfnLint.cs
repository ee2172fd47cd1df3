using System.Collections.Immutable;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Probing;

namespace MlDeploy.Aws.Templates.Checking;

/// <param name="Installed">False: nothing was checked by it, and it is for the caller to say so.</param>
public sealed record CfnLintResult(bool Installed, ImmutableArray<TemplateProblem> Problems);

/// <summary>
/// AWS's own linter, when it is installed: one process for all stacks. It knows conditions between properties that our table leaves
/// out; we know what it misses. Errors only: its warnings are advice on how a template is written, and ours are generated.
/// </summary>
public sealed class CfnLint(ICommandRunner runner, ImmutableSortedDictionary<string, string> environment)
{
    private const string Program = "cfn-lint";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <param name="region">Whose resource types are checked; null for cfn-lint's default.</param>
    /// <exception cref="ExpectedException">It is installed and did not work.</exception>
    public async Task<CfnLintResult> CheckAsync(IReadOnlyCollection<RenderedStack> stacks, string? region, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("mldeploy-");
        try
        {
            var files = new Dictionary<string, StackKind>(StringComparer.Ordinal);
            foreach (var stack in stacks)
            {
                var file = Path.Combine(folder.FullName, $"{StackNames.Word(stack.Kind)}.json");
                await File.WriteAllTextAsync(file, stack.ToJson(), cancel);
                files.Add(file, stack.Kind);
            }

            // By file, since a runner keeps the end of long output only.
            var found = Path.Combine(folder.FullName, "found");
            var command = ImmutableArray.Create<string>([Program, "--format", "json", "--output-file", found, "--ignore-checks", "W", "I", .. region is null ? Array.Empty<string>() : ["--regions", region], "--template", .. files.Keys]);
            var result = await runner.RunAsync(new CommandRequest(command, folder.FullName, environment, Timeout), cancel);
            if (result is { ExitCode: null, TimedOut: false } && result.Error.Contains("cannot be started", StringComparison.Ordinal))
            {
                return new CfnLintResult(Installed: false, []);
            }

            return File.Exists(found)
                ? new CfnLintResult(Installed: true, Read(await File.ReadAllTextAsync(found, cancel), files))
                : throw Broken(result, null);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ImmutableArray<TemplateProblem> Read(string json, Dictionary<string, StackKind> files)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return [.. document.RootElement.EnumerateArray().Select(finding => Problem(finding, files))];
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Broken(null, unreadable);
        }
    }

    private static TemplateProblem Problem(JsonElement finding, Dictionary<string, StackKind> files)
    {
        var path = finding.GetProperty("Location").TryGetProperty("Path", out var segments) && segments.ValueKind == JsonValueKind.Array
            ? segments.EnumerateArray().Select(segment => segment.ToString()).ToArray()
            : [];
        var (id, below) = path is ["Resources", var logicalId, .. var rest] ? (logicalId, string.Join('/', rest)) : (null, string.Join('/', path));
        return new TemplateProblem(
            files[finding.GetProperty("Filename").GetString()!], id, below, finding.GetProperty("Message").GetString()!, null, null,
            finding.GetProperty("Rule").TryGetProperty("Source", out var source) ? $"See {source.GetString()}." : "Correct the template.",
            finding.GetProperty("Rule").GetProperty("Id").GetString());
    }

    private static ExpectedException Broken(CommandResult? result, Exception? inner) => new(
        ExitCode.TargetFailed,
        result is { TimedOut: true } ? $"{Program} did not end within {Timeout.TotalMinutes:0} minutes" : $"{Program} is installed but does not work{(result is null ? "" : $": {LastLine(result.Error)}")}",
        $"run `{Program} --version` to see why, or remove it: templates are then checked by mldeploy alone",
        inner);

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];
}
