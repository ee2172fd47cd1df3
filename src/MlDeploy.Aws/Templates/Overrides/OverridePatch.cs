using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Checking;
using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Aws.Templates.Overrides;

/// <summary>
/// `targets.aws.overrides` over the rendered templates, by logical id:
/// <list type="bullet">
/// <item><c>Service: { EnableExecuteCommand: true }</c> patches the resource's properties;</item>
/// <item><c>Service: { Properties: { … }, DependsOn: … }</c> patches the resource itself;</item>
/// <item><c>Service: null</c> removes it;</item>
/// <item>an id that is new, with <c>Type</c>, adds a resource, to the stack whose resources it refers to (else to the application's).</item>
/// </list>
/// </summary>
internal static class OverridePatch
{
    /// <param name="templates">Changed in place.</param>
    public static ImmutableArray<TemplateProblem> Apply(IReadOnlyDictionary<StackKind, JsonObject> templates, JsonObject overrides)
    {
        var problems = ImmutableArray.CreateBuilder<TemplateProblem>();
        var added = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var (id, patch) in overrides)
        {
            if (Owner(templates, id) is { } kind)
            {
                Patch(Resources(templates[kind]), id, patch, kind, problems);
            }
            else if (patch is JsonObject resource && resource.ContainsKey("Type"))
            {
                added.Add(id, (JsonObject)MergePatch.Apply(null, resource)!);
            }
            else
            {
                problems.Add(Unknown(templates, id));
            }
        }

        foreach (var (id, resource) in added)
        {
            Resources(templates[Home(templates, added, id)]).Add(id, resource);
        }

        return problems.ToImmutable();
    }

    private static void Patch(JsonObject resources, string id, JsonNode? patch, StackKind kind, ImmutableArray<TemplateProblem>.Builder problems)
    {
        switch (patch)
        {
            case null:
                resources.Remove(id);
                break;
            case JsonObject whole when whole.ContainsKey("Properties"):
                resources[id] = MergePatch.Apply(resources[id], whole);
                break;
            case JsonObject properties when resources[id] is JsonObject resource:
                resource["Properties"] = MergePatch.Apply(resource["Properties"], properties);
                break;
            default:
                problems.Add(new TemplateProblem(kind, id, "", "is not a patch", patch.ToJsonString(), "a map of properties, or null", "Write the properties to change as a map; null removes the resource."));
                break;
        }
    }

    private static TemplateProblem Unknown(IReadOnlyDictionary<StackKind, JsonObject> templates, string id)
    {
        var known = templates.Values.SelectMany(template => Resources(template).Select(resource => resource.Key)).ToList();
        return new TemplateProblem(StackKind.Application, id, "", "is no resource of the templates with these settings, and has no Type to be a new one", null, "a logical id, as `mldeploy render -t aws` shows them",
            NearestName.Of(id, known) is { } nearest ? $"Write {nearest} instead of {id}." : "Write one of these, or add Type.");
    }

    private static StackKind? Owner(IReadOnlyDictionary<StackKind, JsonObject> templates, string id) =>
        templates.Where(template => Resources(template.Value).ContainsKey(id)).Select(template => (StackKind?)template.Key).FirstOrDefault();

    /// <summary>Where the resources stand that a new one refers to, be it through other new ones.</summary>
    private static StackKind Home(IReadOnlyDictionary<StackKind, JsonObject> templates, Dictionary<string, JsonObject> added, string id)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<string>([id]);
        while (pending.TryDequeue(out var at))
        {
            if (!added.TryGetValue(at, out var resource) || !seen.Add(at))
            {
                continue;
            }

            foreach (var reference in References.In(resource))
            {
                if (!added.ContainsKey(reference.LogicalId) && Owner(templates, reference.LogicalId) is { } kind)
                {
                    return kind;
                }

                pending.Enqueue(reference.LogicalId);
            }
        }

        return StackKind.Application;
    }

    private static JsonObject Resources(JsonObject template) => (JsonObject)template["Resources"]!;
}
