using System.Collections.Immutable;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Control;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Versions;

/// <summary>A version as `plan` compares it.</summary>
/// <param name="Snapshot">Digest of the content.</param>
/// <param name="Manifest">Canonical manifest.</param>
public sealed record ServingVersion(string Id, string Snapshot, string Manifest)
{
    /// <summary>The version that serves, read from the state; it needs no host. Null when nothing serves.</summary>
    public static ServingVersion? Of(StatePaths state, string application, TimeProvider clock)
    {
        var paths = state.Application(application);
        return ApplicationRecord.Read(paths)?.Stable is { } id
            ? From(new VersionStore(paths, state, clock).Read(id).Record)
            : null;
    }

    /// <summary>The version that deploying now would make. Takes a snapshot into a temporary folder and removes it.</summary>
    public static ServingVersion Foresee(StatePaths state, AppManifest manifest, ImmutableSortedDictionary<string, string> secrets, TimeProvider clock)
    {
        var scratch = Directory.CreateTempSubdirectory("mldeploy-plan-");
        try
        {
            var trial = new ApplicationPaths(scratch.FullName);
            var request = new DeployRequest(manifest.CanonicalJson, secrets, ImmutableSortedDictionary<string, string>.Empty, "", null);
            var real = new VersionStore(state.Application(manifest.Name), state, clock);
            return From(new VersionStore(trial, state, clock, real).Create(request, manifest, 0, CancellationToken.None).Version.Record);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static ServingVersion From(VersionRecord record) => new(record.Id, record.Snapshot, record.Manifest);
}
