using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Schemas;

/// <summary>Checks a resource's properties as CloudFormation's handlers do before they call the service, in their words.</summary>
internal static class SchemaValidation
{
    public static ImmutableArray<string> Problems(JsonObject root, JsonObject properties, ImmutableHashSet<string> readOnly)
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var name in properties.Select(property => property.Key).Where(readOnly.Contains))
        {
            problems.Add($"#: extraneous key [{name}] is not permitted (read-only)");
        }

        Check(root, root, properties, "#", problems);
        return problems.ToImmutable();
    }

    private static void Check(JsonObject root, JsonObject schema, JsonNode node, string path, ImmutableArray<string>.Builder problems)
    {
        schema = SchemaWalk.Resolve(root, schema);
        if (TypeProblem(schema, node) is { } expected)
        {
            problems.Add($"{path}: expected type: {expected}, found: {Found(node)}");
            return;
        }

        switch (node)
        {
            case JsonObject fields:
                CheckObject(root, schema, fields, path, problems);
                break;
            case JsonArray items:
                CheckArray(root, schema, items, path, problems);
                break;
            case JsonValue value:
                CheckValue(schema, value, path, problems);
                break;
        }

        CheckVariants(root, schema, node, path, problems);
    }

    private static void CheckObject(JsonObject root, JsonObject schema, JsonObject fields, string path, ImmutableArray<string>.Builder problems)
    {
        foreach (var name in schema.Texts("required").Where(name => !fields.ContainsKey(name)))
        {
            problems.Add($"{path}: required key [{name}] not found");
        }

        var patterns = schema.Object("patternProperties");
        var closed = schema["additionalProperties"] is JsonValue value && value.GetValueKind() == JsonValueKind.False;
        foreach (var (name, content) in fields)
        {
            var property = schema.Object("properties")[name] as JsonObject ?? patterns.Where(pattern => Regex.IsMatch(name, pattern.Key)).Select(pattern => pattern.Value as JsonObject).FirstOrDefault();
            if (property is not null)
            {
                Check(root, property, content!, $"{path}/{name}", problems);
            }
            else if (closed)
            {
                problems.Add($"{path}: extraneous key [{name}] is not permitted");
            }
        }
    }

    private static void CheckArray(JsonObject root, JsonObject schema, JsonArray items, string path, ImmutableArray<string>.Builder problems)
    {
        if (schema.Number("minItems") > items.Count)
        {
            problems.Add($"{path}: expected minimum item count: {schema.Text("minItems")}, found: {items.Count}");
        }

        if (schema.Number("maxItems") < items.Count)
        {
            problems.Add($"{path}: expected maximum item count: {schema.Text("maxItems")}, found: {items.Count}");
        }

        if (schema.Flag("uniqueItems") == true && items.Select(item => item!.ToJsonString()).Distinct().Count() < items.Count)
        {
            problems.Add($"{path}: array items are not unique");
        }

        for (var i = 0; i < items.Count && schema["items"] is JsonObject each; i++)
        {
            Check(root, each, items[i]!, $"{path}/{i}", problems);
        }
    }

    private static void CheckValue(JsonObject schema, JsonValue value, string path, ImmutableArray<string>.Builder problems)
    {
        var text = InputReading.Plain(value);
        if (schema["enum"] is JsonArray allowed && !schema.Texts("enum").Contains(text))
        {
            problems.Add($"{path}: {text} is not a valid enum value");
        }

        if (value.GetValueKind() == JsonValueKind.String)
        {
            if (schema.Number("minLength") > text.Length)
            {
                problems.Add($"{path}: expected minLength: {schema.Text("minLength")}, actual: {text.Length}");
            }

            if (schema.Number("maxLength") < text.Length)
            {
                problems.Add($"{path}: expected maxLength: {schema.Text("maxLength")}, actual: {text.Length}");
            }

            if (schema.Text("pattern") is { } pattern && !Matches(pattern, text))
            {
                problems.Add($"{path}: failed validation constraint for keyword [pattern]");
            }
        }
        else if (double.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            if (schema.Number("minimum") > number)
            {
                problems.Add($"{path}: {text} is not greater or equal to {schema.Text("minimum")}");
            }

            if (schema.Number("maximum") < number)
            {
                problems.Add($"{path}: {text} is not less or equal to {schema.Text("maximum")}");
            }
        }
    }

    /// <summary>Only variants that name required keys are judged: those that merely repeat properties say nothing more.</summary>
    private static void CheckVariants(JsonObject root, JsonObject schema, JsonNode node, string path, ImmutableArray<string>.Builder problems)
    {
        foreach (var each in schema.Objects("allOf"))
        {
            Check(root, each, node, path, problems);
        }

        foreach (var keyword in new[] { "anyOf", "oneOf" })
        {
            var variants = schema.Objects(keyword).ToList();
            if (variants.Count > 0 && !variants.Any(variant => IsValid(root, variant, node)))
            {
                problems.Add($"{path}: #: no subschema matched out of the total {variants.Count} subschemas ({keyword})");
            }
        }
    }

    private static bool IsValid(JsonObject root, JsonObject schema, JsonNode node)
    {
        var inner = ImmutableArray.CreateBuilder<string>();
        Check(root, schema, node, "#", inner);
        return inner.Count == 0;
    }

    private static string? TypeProblem(JsonObject schema, JsonNode node)
    {
        var types = SchemaWalk.Types(schema);
        var kind = node.GetValueKind();
        var fits = types.Count == 0 || types.Any(type => type switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => kind == JsonValueKind.Number && double.TryParse(node.ToJsonString(), CultureInfo.InvariantCulture, out var number) && number == Math.Floor(number),
            "number" => kind == JsonValueKind.Number,
            _ => true,
        });
        return fits ? null : string.Join(" or ", types.Select(type => type switch { "object" => "JSONObject", "array" => "JSONArray", "integer" => "Integer", "number" => "Number", "boolean" => "Boolean", _ => "String" }));
    }

    private static string Found(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "JSONObject",
        JsonValueKind.Array => "JSONArray",
        JsonValueKind.Number => node.ToJsonString().Contains('.', StringComparison.Ordinal) ? "Double" : "Integer",
        JsonValueKind.True or JsonValueKind.False => "Boolean",
        _ => "String",
    };

    /// <summary>Java's patterns and .NET's differ in a few classes; one that .NET cannot read is not judged.</summary>
    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1));
        }
        catch (Exception problem) when (problem is ArgumentException or RegexMatchTimeoutException)
        {
            return true;
        }
    }
}
