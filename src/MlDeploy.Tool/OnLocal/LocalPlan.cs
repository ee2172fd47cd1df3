using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Versions;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnLocal;

/// <summary>What a deploy would change in the running set: the manifest of the version that serves against the one at hand, and the content.</summary>
internal static class LocalPlan
{
    private const string Content = "(content of the working directory)";

    public static PlanDocument Make(AppManifest manifest, CommandContext context)
    {
        var paths = LocalTarget.Paths(context);
        var stable = ServingVersion.Of(paths, manifest.Name, context.Clock);
        var secrets = stable is null ? null : Secrets.Resolve(manifest, context);
        var candidate = ServingVersion.Foresee(paths, manifest, secrets ?? Secrets.Resolve(manifest, context), context.Clock);
        using var before = stable is null ? null : JsonDocument.Parse(stable.Manifest);
        using var after = JsonDocument.Parse(manifest.CanonicalJson);
        var changes = ManifestChanges.Between(before?.RootElement, after.RootElement).ToList();
        if (stable is not null && stable.Snapshot != candidate.Snapshot)
        {
            changes.Add(new PropertyChange(Content, stable.Snapshot[..12], candidate.Snapshot[..12]));
        }

        if (stable is not null && stable.Id != candidate.Id && changes.Count == 0)
        {
            changes.Add(new PropertyChange("application.secrets", "(values of the running version)", "(other values)"));
        }

        return new PlanDocument(manifest.Name, candidate.Id, stable?.Id, stable is null || changes.Count > 0, [.. changes]);
    }
}
