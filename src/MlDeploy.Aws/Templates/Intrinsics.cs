using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates;

/// <summary>CloudFormation's functions, as JSON has them: an object with the function's name as its only key.</summary>
internal static class Intrinsics
{
    public const string Ref = "Ref";
    public const string GetAtt = "Fn::GetAtt";
    public const string Sub = "Fn::Sub";
    public const string If = "Fn::If";
    public const string NoValue = "AWS::NoValue";

    /// <summary>Functions that have a short form in YAML (`!Sub`), by their long name.</summary>
    public static IReadOnlyDictionary<string, string> Tags { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [Ref] = "!Ref",
        ["Condition"] = "!Condition",
        [GetAtt] = "!GetAtt",
        [Sub] = "!Sub",
        [If] = "!If",
        ["Fn::And"] = "!And",
        ["Fn::Or"] = "!Or",
        ["Fn::Not"] = "!Not",
        ["Fn::Equals"] = "!Equals",
        ["Fn::Join"] = "!Join",
        ["Fn::Split"] = "!Split",
        ["Fn::Select"] = "!Select",
        ["Fn::GetAZs"] = "!GetAZs",
        ["Fn::Cidr"] = "!Cidr",
        ["Fn::Base64"] = "!Base64",
        ["Fn::FindInMap"] = "!FindInMap",
        ["Fn::ImportValue"] = "!ImportValue",
    };

    /// <summary>True for an object that is one function. <c>Condition</c> is one only where conditions are expected, so it is not found here.</summary>
    public static bool Is(JsonNode? node, [NotNullWhen(true)] out string? function, out JsonNode? argument)
    {
        if (node is JsonObject { Count: 1 } single)
        {
            var (key, value) = single.First();
            if (string.Equals(key, Ref, StringComparison.Ordinal) || key.StartsWith("Fn::", StringComparison.Ordinal))
            {
                (function, argument) = (key, value);
                return true;
            }
        }

        (function, argument) = (null, null);
        return false;
    }

    public static bool Is(JsonNode? node) => Is(node, out _, out _);

    public static JsonObject Reference(string logicalId) => new() { [Ref] = logicalId };

    public static JsonObject Attribute(string logicalId, string attribute) => new() { [GetAtt] = new JsonArray(logicalId, attribute) };

    public static bool IsNoValue(JsonNode? node) =>
        Is(node, out var function, out var argument) && string.Equals(function, Ref, StringComparison.Ordinal) && Text(argument) is NoValue;

    /// <summary>The text of a string node; null for everything else.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
