using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>The resource types that we know ourselves: `templates/aws/resource-schemas.json`, written by `build/resource-schemas.py`.</summary>
public sealed class ResourceSchemas
{
    private static readonly Lazy<ResourceSchemas> Read = new(() => new ResourceSchemas(TemplateLibrary.Text("resource-schemas.json")));

    private readonly FrozenDictionary<string, ResourceSchema> types;
    private readonly FrozenSet<string> others;

    private ResourceSchemas(string json)
    {
        using var document = JsonDocument.Parse(json);
        Source = document.RootElement.GetProperty("source").GetString()!;
        types = document.RootElement.GetProperty("types").EnumerateObject().ToFrozenDictionary(type => type.Name, type => Type(type.Name, type.Value), StringComparer.Ordinal);
        others = document.RootElement.GetProperty("others").EnumerateObject()
            .SelectMany(service => service.Value.GetString()!.Split(' ').Select(kind => $"AWS::{service.Name}::{kind}"))
            .ToFrozenSet(StringComparer.Ordinal);
    }

    public static ResourceSchemas All => Read.Value;

    /// <summary>Where the table comes from: `cfn-lint 1.51.0, region us-east-1`.</summary>
    public string Source { get; }

    /// <summary>The types whose properties are known.</summary>
    public IEnumerable<string> Types => types.Keys;

    /// <returns>Null for a type whose properties are not known here.</returns>
    public ResourceSchema? Find(string type) => types.GetValueOrDefault(type);

    /// <summary>True for every type that CloudFormation has, known in detail or by name only.</summary>
    public bool Exists(string type) => types.ContainsKey(type) || others.Contains(type);

    /// <summary>All names, for suggestions.</summary>
    public IEnumerable<string> Names => types.Keys.Concat(others);

    private static ResourceSchema Type(string name, JsonElement type) => new()
    {
        Type = name,
        Root = Property(type) with { Kind = PropertyKind.Object },
        Definitions = type.TryGetProperty("definitions", out var definitions)
            ? definitions.EnumerateObject().ToFrozenDictionary(definition => definition.Name, definition => Property(definition.Value), StringComparer.Ordinal)
            : FrozenDictionary<string, PropertySchema>.Empty,
        Attributes = Texts(type, "attributes"),
        CreateOnly = Texts(type, "createOnly"),
        MaybeCreateOnly = Texts(type, "maybeCreateOnly"),
        Identifier = Texts(type, "identifier"),
    };

    private static PropertySchema Property(JsonElement node) => new()
    {
        Kind = Kind(node),
        Enum = Texts(node, "enum"),
        Pattern = node.TryGetProperty("pattern", out var pattern) ? pattern.GetString() : null,
        MinLength = (long?)Number(node, "minLength"),
        MaxLength = (long?)Number(node, "maxLength"),
        Min = Number(node, "min"),
        Max = Number(node, "max"),
        MinItems = (int?)Number(node, "minItems"),
        MaxItems = (int?)Number(node, "maxItems"),
        Items = node.TryGetProperty("items", out var items) ? Property(items) : null,
        Properties = node.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().ToFrozenDictionary(property => property.Name, property => Property(property.Value), StringComparer.Ordinal)
            : FrozenDictionary<string, PropertySchema>.Empty,
        Required = Texts(node, "required"),
        Values = node.TryGetProperty("values", out var values) ? Property(values) : null,
        Reference = node.TryGetProperty("ref", out var reference) ? reference.GetString() : null,
    };

    private static PropertyKind Kind(JsonElement node) => node.TryGetProperty("kind", out var kind) ? kind.GetString() switch
    {
        "string" => PropertyKind.String,
        "integer" => PropertyKind.Integer,
        "number" => PropertyKind.Number,
        "boolean" => PropertyKind.Boolean,
        "array" => PropertyKind.Array,
        "object" => PropertyKind.Object,
        "json" => PropertyKind.Json,
        _ => PropertyKind.Any,
    }
    : PropertyKind.Any;

    private static double? Number(JsonElement node, string name) => node.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    private static ImmutableArray<string> Texts(JsonElement node, string name) =>
        node.TryGetProperty(name, out var values) ? [.. values.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText())] : [];
}
