using System.Collections.Immutable;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Resolution;

internal sealed record EnvironmentOverlay(string Name, MapNode Overlay);

/// <param name="Base">The document without its overlays.</param>
internal sealed record EnvironmentOverlays(MapNode Base, ImmutableArray<EnvironmentOverlay> Overlays)
{
    public static EnvironmentOverlays TakeFrom(Node document, ProblemList problems)
    {
        var root = (MapNode)document;
        var environments = root.FindEntry(AppDefinition.Environments);
        var rest = root.Without(AppDefinition.Environments);
        if (environments is not { } entry)
        {
            return new EnvironmentOverlays(rest, []);
        }

        if (entry.Value is not MapNode map || map.Entries.Length > YamlLimits.Environments)
        {
            problems.Add(entry.KeyMark, AppDefinition.Environments, entry.Value is MapNode ? "holds too many environments" : "is not a map", null,
                $"a map from at most {YamlLimits.Environments} names to settings", "Write `production:` and below it, indented, the settings that differ there.");
            return new EnvironmentOverlays(rest, []);
        }

        var overlays = ImmutableArray.CreateBuilder<EnvironmentOverlay>();
        foreach (var overlay in map.Entries)
        {
            var path = SettingPath.Root.Key(AppDefinition.Environments).Key(overlay.Key).ToString();
            if (Names.Label(overlay.Key) is { } wrong)
            {
                problems.Add(overlay.KeyMark, path, $"has a name that {wrong}", $"`{ProblemList.Shorten(overlay.Key)}`", Types.Label("an environment's name").Describe, "Rename it.");
            }
            else if (overlay.Value is not MapNode settings)
            {
                problems.Add(overlay.KeyMark, path, "is not a map of settings", null, "the settings that differ in this environment", "Write them below it, indented, or remove it.");
            }
            else if (settings.FindEntry(AppDefinition.Environments) is { } nested)
            {
                problems.Add(nested.KeyMark, $"{path}.{AppDefinition.Environments}", "stands inside an environment", null, "environments at the top of the document only", "Move it to the top.");
            }
            else
            {
                overlays.Add(new EnvironmentOverlay(overlay.Key, settings));
            }
        }

        return new EnvironmentOverlays(rest, overlays.ToImmutable());
    }

    /// <returns>Null for no environment, and after a problem was reported.</returns>
    public MapNode? Select(string? environment, ProblemList problems)
    {
        if (environment is null)
        {
            return null;
        }

        foreach (var (name, overlay) in Overlays)
        {
            if (string.Equals(name, environment, StringComparison.Ordinal))
            {
                return overlay;
            }
        }

        var names = Overlays.Select(overlay => overlay.Name).ToList();
        problems.Add(new Mark("--env", 0, 0), "environments", "has no such environment", $"`{ProblemList.Shorten(environment)}`", names.Count == 0 ? "none: the manifest has no environments" : string.Join(", ", names),
            NearestName.Of(environment, names) is { } nearest ? $"Write --env {nearest}." : "Use one of these names, or add the environment to the manifest.");
        return null;
    }
}
