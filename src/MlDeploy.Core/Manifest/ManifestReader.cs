using System.Text.Json;
using MlDeploy.Core.Manifest.Definition;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Rules;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest;

/// <summary>Bytes of `mlapp.yaml` → a valid <see cref="AppManifest"/>, or every problem at once.</summary>
public static class ManifestReader
{
    private const string Canonical = "canonical manifest";

    public static ManifestResult Read(ManifestSource source)
    {
        var problems = new ProblemList();
        if (ReadDocument(source, problems) is not { } document)
        {
            return Failed(source.File, problems);
        }

        var environments = EnvironmentOverlays.TakeFrom(document, problems);
        var selected = environments.Select(source.Environment, problems);
        var resolved = Overrides.Apply(selected is null ? environments.Base : Overlay.Merge(environments.Base, selected), source.Overrides, problems);
        var result = Check(resolved, source, problems);
        CheckWhatWasNotSelected(environments, selected, source, problems);
        return problems.Count == 0 ? result : Failed(source.File, problems, result.Origins);
    }

    /// <summary>Reads <see cref="AppManifest.CanonicalJson"/> back: already interpolated and overlaid.</summary>
    public static ManifestResult ReadCanonical(string json)
    {
        var problems = new ProblemList();
        try
        {
            var root = JsonTreeReader.Read(Canonical, json);
            return Bind(root, "", problems, Canonical);
        }
        catch (JsonException invalid)
        {
            problems.Add(new Mark(Canonical, 0, 0), "", "is not JSON", invalid.Message, null, "Deploy again from the manifest: the stored copy is damaged.");
            return Failed(Canonical, problems);
        }
    }

    private static Node? ReadDocument(ManifestSource source, ProblemList problems)
    {
        if (Utf8Text.Decode(source.File, source.Content.Span, problems) is not { } text)
        {
            return null;
        }

        var root = YamlTreeReader.Read(source.File, text, problems);
        if (root is MapNode || problems.Count > 0)
        {
            return root as MapNode;
        }

        var isEmpty = root is null or ScalarNode { IsNull: true };
        problems.Add(root?.Mark ?? new Mark(source.File, 1, 1), "", isEmpty ? "is empty" : "is not a manifest", isEmpty ? null : root is ListNode ? "a list" : "one value",
            "a map that begins with apiVersion: mldeploy/v1", "Write one with `mldeploy init`.");
        return null;
    }

    private static ManifestResult Check(Node resolved, ManifestSource source, ProblemList problems)
    {
        var filled = new Interpolation(source.Variable, problems, lenient: false).Fill(resolved, SettingPath.Root);
        return Bind(filled, source.BaseDirectory, problems, source.File);
    }

    private static ManifestResult Bind(Node root, string baseDirectory, ProblemList problems, string file)
    {
        var context = new ReadContext(problems, baseDirectory, requireAll: true);
        var origins = new ManifestOrigins(file, root);
        var manifest = AppDefinition.Section.Read(root, SettingPath.Root, context);
        AllRules.Run(new RuleContext(manifest, origins, problems, context.IsDamaged));
        return problems.Count > 0
            ? Failed(file, problems, origins)
            : new ManifestResult(manifest with { CanonicalJson = CanonicalJson.Write(writer => AppDefinition.Section.WriteCanonical(root, writer, baseDirectory)) }, []) { Origins = origins };
    }

    /// <summary>
    /// An overlay is wrong before the day it is first selected, and a value is wrong even when an overlay replaces it:
    /// both are checked now. Variables that only another environment has are no problem, nor is what an overlay leaves out.
    /// </summary>
    private static void CheckWhatWasNotSelected(EnvironmentOverlays environments, MapNode? selected, ManifestSource source, ProblemList problems)
    {
        foreach (var (name, overlay) in environments.Overlays)
        {
            if (!ReferenceEquals(overlay, selected))
            {
                var places = Overlay.Places(overlay);
                foreach (var problem in ProblemsOf(Overlay.Merge(environments.Base, overlay), source, withRules: true))
                {
                    if (places.Contains(new Mark(problem.File, problem.Line, problem.Column)))
                    {
                        problems.Add(problem with { Path = $"{SettingPath.Root.Key(AppDefinition.Environments).Key(name)}.{problem.Path}" });
                    }
                }
            }
        }

        if (selected is not null || !source.Overrides.IsEmpty)
        {
            foreach (var problem in ProblemsOf(environments.Base, source, withRules: false))
            {
                problems.Add(problem);
            }
        }
    }

    private static IReadOnlyList<ManifestProblem> ProblemsOf(Node document, ManifestSource source, bool withRules)
    {
        var problems = new ProblemList();
        var filled = new Interpolation(source.Variable, problems, lenient: true).Fill(document, SettingPath.Root);
        var context = new ReadContext(problems, source.BaseDirectory, requireAll: false);
        var manifest = AppDefinition.Section.Read(filled, SettingPath.Root, context);
        if (withRules)
        {
            AllRules.Run(new RuleContext(manifest, new ManifestOrigins(source.File, filled), problems, context.IsDamaged));
        }

        return problems.Items;
    }

    private static ManifestResult Failed(string file, ProblemList problems, ManifestOrigins? origins = null) =>
        new(null, problems.InOrder(file)) { Origins = origins ?? ManifestOrigins.None };
}
