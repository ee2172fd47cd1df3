using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Folding;

/// <summary>The manifest's values for a template's parameters, by name.</summary>
internal sealed class ParameterValues
{
    private readonly Dictionary<string, JsonNode> values = new(StringComparer.Ordinal);

    public JsonNode? Find(string name) => values.GetValueOrDefault(name);

    public IEnumerable<string> Names => values.Keys;

    public ParameterValues Set(string name, string value) => SetNode(name, JsonValue.Create(value));

    public ParameterValues Set(string name, double value) => SetNode(name, value == Math.Floor(value) ? JsonValue.Create((long)value) : JsonValue.Create(value));

    public ParameterValues Set(string name, bool value) => SetNode(name, JsonValue.Create(value ? "true" : "false"));

    public ParameterValues Set(string name, IEnumerable<string> values) => SetNode(name, new JsonArray([.. values.Select(value => (JsonNode)value)]));

    private ParameterValues SetNode(string name, JsonNode value)
    {
        values.Add(name, value);
        return this;
    }
}
