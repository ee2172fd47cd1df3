using System.Text.Json.Nodes;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>The `$defs` of the JSON Schema while it is made: each shape once, by name.</summary>
internal sealed class SchemaDefinitions
{
    private readonly SortedDictionary<string, JsonNode> definitions = new(StringComparer.Ordinal);

    /// <summary>True inside an overlay, where everything may be left out, and null removes.</summary>
    public bool InOverlay { get; private set; }

    /// <summary>Makes a schema with <see cref="InOverlay"/> as given, and sets it back.</summary>
    public T With<T>(bool inOverlay, Func<T> make)
    {
        var before = InOverlay;
        InOverlay = inOverlay;
        var made = make();
        InOverlay = before;
        return made;
    }

    public JsonObject Refer(string name, Func<JsonNode> make)
    {
        if (!definitions.ContainsKey(name))
        {
            definitions[name] = new JsonObject();
            definitions[name] = make();
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    /// <summary>A scalar with its own grammar, or a variable in its place.</summary>
    public JsonObject Scalar(string name, string description, string type, string pattern, string example) => Refer(name, () =>
    {
        var schema = OrVariable(new JsonObject { ["type"] = type, ["pattern"] = pattern });
        schema["description"] = description;
        schema["examples"] = new JsonArray((JsonNode)example);
        return schema;
    });

    /// <summary>Any scalar may be filled from the environment: editors must not mark `${NAME}` as wrong.</summary>
    public JsonObject OrVariable(JsonObject schema) => new() { ["anyOf"] = new JsonArray(schema, Variable()) };

    public JsonObject Property(Setting setting)
    {
        var schema = (JsonObject)setting.Type.Schema(this);
        if (InOverlay)
        {
            schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        }

        schema["description"] = setting.Doc;
        if (!InOverlay && setting.DefaultNode is { } value)
        {
            schema["default"] = JsonNode.Parse(CanonicalJson.Write(writer => Yaml.JsonTreeReader.Write(value, writer)));
        }

        return schema;
    }

    public JsonObject ToJson() => new(definitions.Select(definition => KeyValuePair.Create(definition.Key, (JsonNode?)definition.Value)));

    private JsonObject Variable() => Refer("variable", () => new JsonObject
    {
        ["description"] = "Filled from the environment: ${NAME} or ${NAME:-default}.",
        ["type"] = "string",
        ["pattern"] = @"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}",
    });
}
