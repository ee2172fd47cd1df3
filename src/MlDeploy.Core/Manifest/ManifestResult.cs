using System.Collections.Immutable;

namespace MlDeploy.Core.Manifest;

/// <param name="File">As problems name it.</param>
/// <param name="Content">Untrusted bytes: UTF-8 YAML (JSON is YAML).</param>
/// <param name="BaseDirectory">Absolute folder that relative paths in the manifest are resolved against.</param>
public sealed record ManifestSource(string File, ReadOnlyMemory<byte> Content, string BaseDirectory)
{
    /// <summary>Name of the overlay under <c>environments</c> to apply; null for none.</summary>
    public string? Environment { get; init; }

    /// <summary><c>path=value</c> overrides, applied last, in order.</summary>
    public ImmutableArray<string> Overrides { get; init; } = [];

    /// <summary>Looks a variable up for <c>${NAME}</c>; null when it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;
}

/// <summary>One thing wrong in a manifest. All of them are reported at once.</summary>
/// <param name="File">The file, or `--set` / `--env` when the value came from the command line.</param>
/// <param name="Line">1-based; 0 when it came from the command line.</param>
/// <param name="Path">Setting path, e.g. `rollout.steps[1].weight`.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Allowed">What may stand there.</param>
/// <param name="Remedy">What to do, as an imperative sentence; names the nearest right name for a misspelling.</param>
public sealed record ManifestProblem(string File, int Line, int Column, string Path, string Message, string? Found, string? Allowed, string Remedy);

/// <param name="Manifest">Null when there are problems.</param>
public sealed record ManifestResult(AppManifest? Manifest, ImmutableArray<ManifestProblem> Problems)
{
    /// <summary>For checks made after reading (<see cref="NotBuilt"/>, <see cref="Rules.TargetRules"/>): where each setting stands.</summary>
    public ManifestOrigins Origins { get; init; } = ManifestOrigins.None;
}
