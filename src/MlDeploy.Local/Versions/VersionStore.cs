using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Control;
using MlDeploy.Local.Snapshots;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Versions;

/// <summary>A version and the manifest it was deployed with.</summary>
internal sealed record StoredVersion(VersionRecord Record, AppManifest Manifest, string SnapshotFolder)
{
    public string Id => Record.Id;
}

/// <summary>The immutable versions of one application on disk: record, secrets, and the snapshot they run from.</summary>
/// <param name="keeper">Whose key fingerprints secrets, when this is a trial store; null: this one's own.</param>
internal sealed class VersionStore(ApplicationPaths paths, StatePaths state, TimeProvider clock, VersionStore? keeper = null)
{
    private const string RecordFile = "version.json";
    private const string SecretsFile = "secrets.json";
    private const string WebhooksFile = "webhooks.json";
    private readonly SnapshotStore snapshots = new(paths.Snapshots);

    /// <summary>Snapshots the working directory and writes the version down. Repeating it gives the same version.</summary>
    public (StoredVersion Version, ImmutableArray<string> Notes) Create(DeployRequest request, AppManifest manifest, int deployment, CancellationToken cancel)
    {
        var snapshot = snapshots.Take(
            new SnapshotRequest(manifest.Application.WorkingDirectory, manifest.Application.Exclude, manifest.Application.SnapshotLimit)
            {
                OwnDirectories = [state.Root],
            },
            cancel);
        var digest = Digests.Of(VersionIdentity.Digest(snapshot.Digest, request.Manifest) + Fingerprint(request.Secrets));
        var id = VersionIdentity.Id(manifest.Version, digest);
        var record = (TryReadRecord(id)
            ?? new VersionRecord(id, manifest.Version, digest, snapshot.Digest, clock.GetUtcNow(), deployment, request.Manifest, request.BaseEnvironment))
            with { Manifest = request.Manifest };
        PrivateFiles.CreateFolder(paths.Versions);
        PrivateFiles.CreateFolder(paths.Version(id));
        PrivateFiles.Replace(Path.Combine(paths.Version(id), SecretsFile), request.Secrets, StateJson.Default.Secrets);
        PrivateFiles.Replace(Path.Combine(paths.Version(id), WebhooksFile), request.Webhooks ?? [], StateJson.Default.Webhooks);
        Write(record);
        return (Stored(record), [.. snapshot.Notes, .. SameLabel(record)]);
    }

    public void Write(VersionRecord record) =>
        PrivateFiles.Replace(Path.Combine(paths.Version(record.Id), RecordFile), record, StateJson.Default.VersionRecord);

    public StoredVersion? TryRead(string id) => TryReadRecord(id) is { } record ? Stored(record) : null;

    /// <exception cref="ExpectedException">There is no such version.</exception>
    public StoredVersion Read(string id) => TryRead(id) ?? throw new ExpectedException(
        ExitCode.TargetFailed, $"version {id} is named by the state, but its files are gone from {paths.Version(id)}", "deploy again, or restore the folder from a backup");

    /// <summary>The values a version's processes get; they leave this class only into a process's environment.</summary>
    public ImmutableSortedDictionary<string, string> Secrets(string id) =>
        PrivateFiles.Read(Path.Combine(paths.Version(id), SecretsFile), StateJson.Default.Secrets) ?? ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Addresses that are told of the version; they are secrets too.</summary>
    public ImmutableArray<string> Webhooks(string id)
    {
        var file = Path.Combine(paths.Version(id), WebhooksFile);
        return File.Exists(file) && JsonSerializer.Deserialize(File.ReadAllBytes(file), StateJson.Default.Webhooks) is { IsDefault: false } known ? known : [];
    }

    public IEnumerable<VersionRecord> All() => Directory.Exists(paths.Versions)
        ? Directory.EnumerateDirectories(paths.Versions).Select(folder => TryReadRecord(Path.GetFileName(folder))).OfType<VersionRecord>()
        : [];

    /// <summary>Removes every version that is not kept, its secrets with it, and the snapshots nobody uses any more.</summary>
    public void Keep(IReadOnlySet<string> ids)
    {
        foreach (var folder in Directory.Exists(paths.Versions) ? Directory.GetDirectories(paths.Versions) : [])
        {
            if (!ids.Contains(Path.GetFileName(folder)))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        var used = All().Select(record => record.Snapshot).ToHashSet(StringComparer.Ordinal);
        foreach (var digest in snapshots.List().Where(digest => !used.Contains(digest)))
        {
            snapshots.Delete(digest);
        }

        snapshots.Sweep();
    }

    private VersionRecord? TryReadRecord(string id) => PrivateFiles.Read(Path.Combine(paths.Version(id), RecordFile), StateJson.Default.VersionRecord);

    private StoredVersion Stored(VersionRecord record) => new(
        record,
        ManifestReader.ReadCanonical(record.Manifest).Manifest ?? throw new ExpectedException(
            ExitCode.TargetFailed,
            $"the manifest stored with version {record.Id} is not valid for this version of mldeploy",
            "deploy the application again; until then the version keeps running as it is"),
        snapshots.DirectoryOf(record.Snapshot));

    private IEnumerable<string> SameLabel(VersionRecord version) => All()
        .Where(other => other.Label == version.Label && other.Digest != version.Digest)
        .Take(1)
        .Select(other => $"version {version.Label} was deployed before with other content ({other.Id}); this is a new version, {version.Id}");

    /// <summary>Changed secrets make another version; the key keeps the digest from telling anything about them.</summary>
    private string Fingerprint(ImmutableSortedDictionary<string, string> secrets)
    {
        if (secrets.IsEmpty)
        {
            return "";
        }

        var values = string.Join('\0', secrets.Select(secret => $"{secret.Key}={secret.Value}"));
        return Convert.ToHexStringLower(HMACSHA256.HashData(Key(), Encoding.UTF8.GetBytes(values)));
    }

    private byte[] Key()
    {
        if (keeper is not null)
        {
            return keeper.Key();
        }

        var file = Path.Combine(paths.Folder, "fingerprint.key");
        try
        {
            if (!File.Exists(file))
            {
                PrivateFiles.CreateFolder(paths.Folder);
                PrivateFiles.Replace(file, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
            }

            return Convert.FromHexString(File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the key that fingerprints secrets cannot be read from {file}: {failure.Message}",
                "make it readable, or delete it: the next deployment then counts as a new version",
                failure);
        }
    }
}
