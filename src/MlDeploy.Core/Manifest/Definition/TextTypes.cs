using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>
/// Text, exactly as written: `1.10`, `on` and `2026-11-18` are text where text is wanted, with or without quotes.
/// </summary>
/// <param name="noun">`a DNS label`.</param>
/// <param name="description">What is allowed, with an example.</param>
/// <param name="check">Says what is wrong with a text (`has an upper-case letter`), or null.</param>
/// <param name="pattern">The same for editors, as far as a pattern can say it.</param>
internal class TextType(string noun, string description, Func<string, string?>? check = null, string? pattern = null, int longest = 4096) : ScalarType<string>
{
    public static TextType Any { get; } = new("text", "text");

    protected override string Noun => noun;

    public override string Describe => description;

    public override string Fallback => "";

    public override JsonNode Schema(SchemaDefinitions definitions) => pattern is null
        ? new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") }
        : definitions.OrVariable(new JsonObject { ["type"] = "string", ["pattern"] = pattern });

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out string value, out Refusal refusal)
    {
        value = scalar.Text;
        var wrong = value.Length > longest ? $"is longer than {longest} characters"
            : value.Any(c => char.IsControl(c) && c is not ('\n' or '\t')) ? "contains a control character"
            : check?.Invoke(value);
        refusal = new Refusal(wrong ?? "", $"Write {description}.");
        return wrong is null;
    }
}

/// <summary>A path of a file or folder; relative ones are taken from the manifest's folder.</summary>
internal sealed class PathType(string noun) : TextType(noun, $"a path of {noun}, relative to the manifest's folder or absolute", Check)
{
    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory) =>
        writer.WriteStringValue(Resolve(((ScalarNode)node).Text, baseDirectory));

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out string value, out Refusal refusal)
    {
        if (!base.TryParse(scalar, context, out value, out refusal))
        {
            return false;
        }

        value = Resolve(value, context.BaseDirectory);
        return true;
    }

    /// <summary>A canonical document has absolute paths only, and so no folder of its own.</summary>
    private static string Resolve(string path, string baseDirectory) =>
        Path.IsPathFullyQualified(baseDirectory) ? Path.GetFullPath(path, baseDirectory) : path;

    private static string? Check(string path) =>
        path.Length == 0 ? "is empty"
        : path.StartsWith('~') ? "begins with ~, which only a shell replaces"
        : path.Contains("://", StringComparison.Ordinal) ? "is a URL where a path belongs"
        : null;
}

/// <summary>
/// Where a secret is kept. What stands there otherwise may be the secret itself: it is never echoed.
/// </summary>
internal sealed class SecretType : ScalarType<SecretReference>
{
    protected override string Noun => "a reference to a secret";

    public override SecretReference Fallback => new(SecretSource.Env, "");

    public override string Describe => "env:NAME, ssm:/PATH or secretsmanager:ARN, never the secret itself";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.Scalar("secret", "Where the secret is kept; never the secret itself.", "string", "^(env:[A-Za-z_][A-Za-z0-9_]*|ssm:/.+|secretsmanager:arn:.+)$", "env:DB_PASSWORD");

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out SecretReference value, out Refusal refusal)
    {
        refusal = default;
        value = Fallback;
        var colon = scalar.Text.IndexOf(':', StringComparison.Ordinal);
        var key = scalar.Text[(colon + 1)..];
        SecretSource? source = (colon < 0 ? "" : scalar.Text[..colon]) switch
        {
            "env" => SecretSource.Env,
            "ssm" => SecretSource.Ssm,
            "secretsmanager" => SecretSource.SecretsManager,
            _ => null,
        };
        if (source is null)
        {
            refusal = new Refusal("is not a reference to a secret; what stands there is not shown, since it may be the secret",
                "Keep the secret outside the manifest and write where it is, such as env:DB_PASSWORD. If it was committed, change it.", Echo: false);
            return false;
        }

        value = new SecretReference(source.Value, key);
        var right = source switch
        {
            SecretSource.Env => Names.IsVariable(key),
            SecretSource.Ssm => key.Length > 1 && key[0] == '/' && !key.Any(char.IsWhiteSpace),
            _ => key.StartsWith("arn:", StringComparison.Ordinal) && !key.Any(char.IsWhiteSpace),
        };
        refusal = new Refusal($"has no valid name behind {scalar.Text[..colon]}:", $"Write {Describe}.", Echo: false);
        return right;
    }
}
