using System.Collections.Immutable;
using System.Globalization;
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
        var properties = Properties(manifest.CanonicalJson).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var before = stable is null ? ImmutableSortedDictionary<string, string>.Empty : Properties(stable.Manifest).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var changes = properties.Keys.Union(before.Keys)
            .Order(StringComparer.Ordinal)
            .Select(path => new PropertyChange(path, before.GetValueOrDefault(path), properties.GetValueOrDefault(path)))
            .Where(change => change.Old != change.New)
            .ToList();
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

    /// <summary>Leaves of a document as path and JSON text.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Properties(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. Leaves("", document.RootElement)];
    }

    private static IEnumerable<KeyValuePair<string, string>> Leaves(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Leaves(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, index) => Leaves(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), item)),
        _ => [new KeyValuePair<string, string>(path, element.GetRawText())],
    };
}
