using System.Collections.Immutable;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Probing;

namespace MlDeploy.Aws.Images.Local;

/// <summary>Has docker or podman write an image into a temporary file: their own command line, so that it finds what the user's finds.</summary>
/// <param name="environment">What these programs see: PATH, HOME, DOCKER_HOST and the like.</param>
internal sealed class ImageExport(ICommandRunner runner, string workingDirectory, ImmutableSortedDictionary<string, string> environment)
{
    /// <summary>Programs in the order in which a name without a registry is looked up.</summary>
    private static readonly string[] Programs = ["docker", "podman"];

    private static readonly TimeSpan Asking = TimeSpan.FromSeconds(30);

    /// <summary>Ten gigabytes from a slow disk.</summary>
    private static readonly TimeSpan Saving = TimeSpan.FromMinutes(30);

    /// <returns>The path of the file, which goes with the folder.</returns>
    public async Task<string> SaveAsync(ImageSource.Engine engine, WorkFolder work, CancellationToken cancel)
    {
        var program = engine.Program ?? await FindAsync(engine.Name, cancel);
        var path = work.NewFile("saved.tar");
        string[] command = program == "podman"
            ? ["podman", "save", "--quiet", "--format", "oci-archive", "--output", path, engine.Name]
            : ["docker", "save", "--output", path, engine.Name];
        var result = await RunAsync(Saving, cancel, command);
        return result.ExitCode == 0 && File.Exists(path)
            ? path
            : throw new ExpectedException(
                ExitCode.Usage,
                $"{program} cannot save the image {engine.Name}: {Told(result)}",
                $"see that `{program} image inspect {engine.Name}` finds it, or save it yourself and write archive:PATH");
    }

    private async Task<string> FindAsync(string name, CancellationToken cancel)
    {
        var answers = new List<string>();
        foreach (var program in Programs)
        {
            var result = await RunAsync(Asking, cancel, program, "image", "inspect", "--format", "{{.Id}}", name);
            if (result.ExitCode == 0)
            {
                return program;
            }

            answers.Add($"{program}: {Told(result)}");
        }

        throw new ExpectedException(
            ExitCode.Usage,
            $"the image {name} names no registry and is not on this machine ({string.Join("; ", answers)})",
            $"build it, write archive:PATH or oci:PATH, or name its registry ({(name.Contains('/', StringComparison.Ordinal) ? "docker.io/" : "docker.io/library/")}{name} for the one of Docker Hub)");
    }

    private Task<CommandResult> RunAsync(TimeSpan timeout, CancellationToken cancel, params string[] command) =>
        runner.RunAsync(new CommandRequest([.. command], workingDirectory, environment, timeout), cancel);

    private static string Told(CommandResult result)
    {
        var last = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return result.TimedOut ? "no answer in time" : last is { Length: > 0 } ? (last.Length > 300 ? last[..300] + "…" : last) : $"exit code {result.ExitCode?.ToString() ?? "none"}";
    }
}
