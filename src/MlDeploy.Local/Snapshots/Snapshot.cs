using System.Collections.Immutable;

namespace MlDeploy.Local.Snapshots;

/// <param name="WorkingDirectory">Absolute path of what is copied.</param>
/// <param name="Exclude">Patterns as in <c>.gitignore</c>, relative to the working directory; see <see cref="ExcludeRules"/>.</param>
/// <param name="Limit">Bytes the snapshot may have in all.</param>
public sealed record SnapshotRequest(string WorkingDirectory, ImmutableArray<string> Exclude, long Limit)
{
    /// <summary>Absolute folders of our own that are left out wherever they lie, such as the state directory.</summary>
    public ImmutableArray<string> OwnDirectories { get; init; } = [];
}

/// <summary>An immutable copy of an application's working directory.</summary>
/// <param name="Digest">Hexadecimal SHA-256 of what was copied.</param>
/// <param name="Directory">Absolute folder that versions run in. Files are read-only; folders are not, since applications write beside their code.</param>
/// <param name="Bytes">Sum of the files' lengths.</param>
/// <param name="Created">False when this very content was there already.</param>
/// <param name="Notes">What was left out or changed on the way, a sentence each; for the reader, not for machines.</param>
public sealed record Snapshot(string Digest, string Directory, int Files, long Bytes, bool Created, ImmutableArray<string> Notes);

/// <param name="Problems">What differs from the content the digest was made from: missing, changed and retyped entries. Empty when intact.</param>
/// <param name="Added">Paths that were not part of the snapshot: what the application wrote beside its code. No problem.</param>
public sealed record SnapshotCheck(ImmutableArray<string> Problems, ImmutableArray<string> Added)
{
    public bool Intact => Problems.IsEmpty;
}
