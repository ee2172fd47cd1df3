using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>What a check sees: one template's resources, and where to say what is wrong.</summary>
internal sealed class CheckedTemplate(StackKind kind, JsonObject template)
{
    private readonly List<TemplateProblem> problems = [];

    public StackKind Kind { get; } = kind;

    public JsonObject Template { get; } = template;

    public JsonObject Resources { get; } = template.At(nameof(Resources)) as JsonObject ?? [];

    public IReadOnlyList<TemplateProblem> Problems => problems;

    /// <summary>The resource's type; null when there is none.</summary>
    public string? TypeOf(string logicalId) => Resources[logicalId] is JsonObject resource ? Intrinsics.Text(resource["Type"]) : null;

    /// <summary>The properties of every resource of a type.</summary>
    public IEnumerable<(string LogicalId, JsonObject Properties)> OfType(string type) =>
        Resources.Where(entry => string.Equals(TypeOf(entry.Key), type, StringComparison.Ordinal))
            .Select(entry => (entry.Key, entry.Value.At("Properties") as JsonObject ?? []));

    public void Report(string? logicalId, string path, string message, JsonNode? found, string? allowed, string remedy) =>
        problems.Add(new TemplateProblem(Kind, logicalId, path, message, Shown(found), allowed, remedy));

    private static string? Shown(JsonNode? node)
    {
        var text = Intrinsics.Text(node) ?? node?.ToJsonString();
        return text is { Length: > 80 } ? text[..79] + "…" : text;
    }
}
