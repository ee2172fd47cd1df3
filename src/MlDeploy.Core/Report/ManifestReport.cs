using System.Collections.Immutable;
using System.Text.Json;

namespace MlDeploy.Core.Report;

/// <summary>What was asked for. Secrets are references here as everywhere.</summary>
/// <param name="Digest">SHA-256 of the canonical manifest, lower-case hexadecimal.</param>
/// <param name="Image">With its digest, where the manifest pins one; null for a local process.</param>
/// <param name="Settings">The canonical manifest; null when it is no JSON (a damaged journal).</param>
public sealed record ManifestReport(string Digest, string? Image, ImmutableArray<string> Command, JsonElement? Settings);

/// <summary>The model's lineage, as the manifest tells it.</summary>
/// <param name="Profile">The reference its inputs are judged against.</param>
public sealed record ModelReport(string? Name, string? Version, DateTimeOffset? TrainedAt, string? Profile);

/// <param name="Passed">Null when it was not run, because an earlier one failed or the rollout ended before.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record TestReport(string Name, bool? Passed, string? Reason);
