using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest.Definition;

namespace MlDeploy.Core.Manifest;

/// <summary>
/// The JSON Schema (draft 2020-12) of mlapp.yaml for editors, made from the definition the reader uses: the same definition
/// always gives the same text. It says what shape a manifest has; rules between settings are `mldeploy validate`'s.
/// </summary>
public static class JsonSchema
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Ends with a line end.</summary>
    public static string Text()
    {
        var definitions = new SchemaDefinitions();
        var root = AppDefinition.Section.SchemaOf(definitions);
        var overlay = definitions.With(inOverlay: true, () => AppDefinition.Section.SchemaOf(definitions));
        overlay["description"] = "What differs in this environment: maps merge, lists replace, null removes.";
        ((JsonObject)root["properties"]!)[AppDefinition.Environments] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "Overlays by name, chosen with --env.",
            ["additionalProperties"] = definitions.Refer("environment", () => overlay),
        };
        var all = definitions.ToJson();
        ((JsonObject)all["gate"]!)["allOf"] = LimitsByUnit(definitions);

        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "mlapp.yaml",
            ["description"] = "An ML application for mldeploy.",
        };
        foreach (var (name, value) in root.ToList())
        {
            root.Remove(name);
            schema[name] = value;
        }

        schema["$defs"] = all;
        return schema.ToJsonString(Options) + "\n";
    }

    /// <summary>A metric's unit decides how a gate's limits are written.</summary>
    private static JsonArray LimitsByUnit(SchemaDefinitions definitions)
    {
        var conditions = new JsonArray();
        foreach (var unit in Enum.GetValues<MetricUnit>())
        {
            var metrics = MetricCatalog.All.Where(metric => metric.Unit == unit).Select(metric => (JsonNode)metric.Name).ToArray();
            var limits = new JsonObject();
            foreach (var limit in (string[])["max", "min", "maxIncrease"])
            {
                limits[limit] = LimitType.SchemaOf(unit, definitions);
            }

            conditions.Add((JsonNode)new JsonObject
            {
                ["if"] = new JsonObject { ["properties"] = new JsonObject { ["metric"] = new JsonObject { ["enum"] = new JsonArray(metrics) } }, ["required"] = new JsonArray("metric") },
                ["then"] = new JsonObject { ["properties"] = limits },
            });
        }

        return conditions;
    }
}
