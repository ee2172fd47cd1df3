using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Schemas;

internal enum Recreation
{
    Never,
    Conditionally,
    Always,
}

/// <summary>One resource type: what may be set, what it replaces, what it gives back.</summary>
internal sealed class ResourceSchema
{
    private readonly ImmutableHashSet<string> createOnly;
    private readonly ImmutableHashSet<string> conditional;

    public ResourceSchema(string type, JsonObject root)
    {
        Type = type;
        Root = root;
        createOnly = Paths("createOnlyProperties");
        conditional = Paths("conditionalCreateOnlyProperties");
        ReadOnly = Paths("readOnlyProperties");
    }

    public string Type { get; }

    public JsonObject Root { get; }

    /// <summary>Attributes that Fn::GetAtt gives, as `Arn` or `Endpoint.Address`.</summary>
    public ImmutableHashSet<string> ReadOnly { get; }

    public bool HasProperty(string name) => Root.Object("properties").ContainsKey(name);

    /// <summary>The property that holds tags, if the type can be tagged.</summary>
    public string? TagProperty => Root.Object("tagging").Flag("taggable") == false ? null
        : Root.Object("tagging").Text("tagProperty") is { } path ? path.Split('/')[^1]
        : HasProperty("Tags") ? "Tags" : null;

    /// <param name="path">Dotted, as `EncryptionConfiguration.KmsKey`; a change below a create-only property counts as one.</param>
    public Recreation Recreates(string path) =>
        Covers(createOnly, path) ? Recreation.Always : Covers(conditional, path) ? Recreation.Conditionally : Recreation.Never;

    /// <summary>Numbers and booleans that a template wrote as strings, and the other way round, as the schema wants them.</summary>
    public JsonObject Coerce(JsonObject properties) => (JsonObject)SchemaCoercion.Coerce(Root, Root, properties)!;

    /// <returns>AWS's sentences; empty when all is well.</returns>
    public ImmutableArray<string> Problems(JsonObject properties) => SchemaValidation.Problems(Root, properties, ReadOnly);

    private static bool Covers(ImmutableHashSet<string> paths, string path) =>
        paths.Any(one => path == one || path.StartsWith(one + ".", StringComparison.Ordinal));

    private ImmutableHashSet<string> Paths(string name) =>
        [.. Root.Texts(name).Select(path => path.Replace("/properties/", "", StringComparison.Ordinal).Replace("/*", "", StringComparison.Ordinal).Replace('/', '.'))];
}
