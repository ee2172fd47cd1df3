using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Core.Manifest.Resolution;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>Every property against its type's schema: name, kind, enumeration, length, range, pattern, what is required.</summary>
internal static class StructureCheck
{
    private static readonly string[] ResourceKeys =
        ["Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "Metadata", "Condition"];

    private static readonly string[] Policies = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];

    public static void Run(CheckedTemplate template)
    {
        foreach (var (id, node) in template.Resources)
        {
            if (node is JsonObject resource)
            {
                Resource(template, id, resource);
            }
            else
            {
                template.Report(id, "", "is not a resource", node, "a map with Type and Properties", "Write the resource as a map.");
            }
        }
    }

    private static void Resource(CheckedTemplate template, string id, JsonObject resource)
    {
        if (id.Length > 255 || !id.All(char.IsAsciiLetterOrDigit))
        {
            template.Report(id, "", "is no logical id", id, "letters and digits only", "Rename the resource.");
        }

        foreach (var (key, _) in resource.Where(entry => !ResourceKeys.Contains(entry.Key, StringComparer.Ordinal)))
        {
            template.Report(id, key, "is nothing that a resource has", key, string.Join(", ", ResourceKeys), Nearest(key, ResourceKeys, "Remove it, or move it below Properties."));
        }

        foreach (var policy in (ReadOnlySpan<string>)["DeletionPolicy", "UpdateReplacePolicy"])
        {
            if (resource[policy] is { } value && !Policies.Contains(Intrinsics.Text(value), StringComparer.Ordinal))
            {
                template.Report(id, policy, "is no such policy", value, string.Join(", ", Policies), "Write one of these.");
            }
        }

        if (Intrinsics.Text(resource["Type"]) is not { } type)
        {
            template.Report(id, "Type", "is missing", resource["Type"], "a resource type, such as AWS::S3::Bucket", "Add Type.");
        }
        else if (!ResourceSchemas.All.Exists(type) && !IsForeign(type))
        {
            template.Report(id, "Type", "is no resource type", resource["Type"], null, Nearest(type, ResourceSchemas.All.Names, "Write a type that CloudFormation has."));
        }
        else if (ResourceSchemas.All.Find(type) is { } schema)
        {
            new Walk(template, id, schema).Check(resource["Properties"] ?? new JsonObject(), schema.Root, "Properties");
        }
    }

    /// <summary>Types of the CloudFormation registry and custom resources: `Datadog::Monitors::Monitor`, `Custom::Thing`.</summary>
    private static bool IsForeign(string type) =>
        type.Split("::") is [not ("AWS" or ""), not "", ..] && type.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '@' or '-');

    internal static string Nearest(string found, IEnumerable<string> names, string otherwise) =>
        NearestName.Of(found, names) is { } nearest ? $"Write {nearest} instead of {found}." : otherwise;

    private sealed class Walk(CheckedTemplate template, string id, ResourceSchema schema)
    {
        private const int LongestPattern = 50;

        public void Check(JsonNode? value, PropertySchema property, string path)
        {
            property = schema.Resolve(property);
            if (Intrinsics.Is(value) || property.Kind == PropertyKind.Any)
            {
                return;
            }

            switch (property.Kind)
            {
                case PropertyKind.Object when value is JsonObject map:
                    Map(map, property, path);
                    break;
                case PropertyKind.Array when value is JsonArray list:
                    List(list, property, path);
                    break;
                case PropertyKind.Json when value is JsonObject || Intrinsics.Text(value) is not null:
                    break;
                case PropertyKind.String when Scalar(value) is { } text:
                    Text(text, value, property, path);
                    break;
                case PropertyKind.Boolean when Scalar(value) is "true" or "false":
                    break;
                case PropertyKind.Integer when Scalar(value) is { } text && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                    Number(whole, value, property, path);
                    break;
                case PropertyKind.Number when Scalar(value) is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                    Number(number, value, property, path);
                    break;
                default:
                    template.Report(id, path, $"is {Noun(value)} where {Noun(property.Kind)} belongs", value, Noun(property.Kind), $"Write {Noun(property.Kind)} here.");
                    break;
            }
        }

        private void Map(JsonObject map, PropertySchema property, string path)
        {
            foreach (var required in property.Required.Where(required => !map.ContainsKey(required)))
            {
                template.Report(id, path, $"has no {required}", null, null, $"Add {required}.");
            }

            foreach (var (key, value) in map)
            {
                var below = $"{path}/{key}";
                if (property.Values is { } values)
                {
                    Check(value, values, below);
                }
                else if (property.Properties.TryGetValue(key, out var known))
                {
                    Check(value, known, below);
                }
                else if (property.Properties.Count > 0)
                {
                    var names = property.Properties.Keys.Order(StringComparer.Ordinal).ToList();
                    template.Report(id, below, $"is no property of {(path is "Properties" ? schema.Type : path[(path.LastIndexOf('/') + 1)..])}", key, string.Join(", ", names), Nearest(key, names, "Remove it, or use one of these names."));
                }
            }
        }

        private void List(JsonArray list, PropertySchema property, string path)
        {
            // One item that is a function can come to several, or to none.
            if (!list.Any(Intrinsics.Is) && (list.Count < property.MinItems || list.Count > property.MaxItems))
            {
                template.Report(id, path, "has the wrong number of items", JsonValue.Create($"{list.Count} items"), $"{property.MinItems ?? 0} to {(property.MaxItems is { } most ? $"{most}" : "any number of")} items", "Add or remove some.");
            }

            for (var at = 0; at < list.Count && property.Items is not null; at++)
            {
                Check(list[at], property.Items, $"{path}/{at}");
            }
        }

        private void Text(string text, JsonNode? value, PropertySchema property, string path)
        {
            if (property.Enum.Length > 0)
            {
                if (!property.Enum.Contains(text, StringComparer.Ordinal))
                {
                    template.Report(id, path, "is none of the values that are allowed", value, string.Join(", ", property.Enum), Nearest(text, property.Enum, "Write one of these."));
                }
            }
            else if (text.Length < property.MinLength || text.Length > property.MaxLength)
            {
                template.Report(id, path, "has the wrong length", JsonValue.Create($"{text.Length} characters"), $"{property.MinLength ?? 0} to {(property.MaxLength is { } most ? $"{most}" : "any number of")} characters", "Shorten it.");
            }
            else if (property.Pattern is { } pattern && !Matches(text, pattern))
            {
                template.Report(id, path, "is not written as it must be", value, pattern.Length <= LongestPattern ? $"what matches {pattern}" : null, "Write it as CloudFormation's documentation of the property says.");
            }
        }

        private void Number(double number, JsonNode? value, PropertySchema property, string path)
        {
            if (number < property.Min || number > property.Max)
            {
                template.Report(id, path, "is out of range", value, $"{Bound(property.Min, "anything")} to {Bound(property.Max, "anything")}", "Write a number in range.");
            }
            else if (property.Enum.Length > 0 && !property.Enum.Contains(Literals.Text(value) ?? "", StringComparer.Ordinal))
            {
                template.Report(id, path, "is none of the values that are allowed", value, string.Join(", ", property.Enum), "Write one of these.");
            }
        }

        private static string Bound(double? bound, string none) => bound?.ToString("0.###", CultureInfo.InvariantCulture) ?? none;

        /// <summary>A pattern that .NET reads otherwise, or not at all, decides nothing: cfn-lint and CloudFormation still check it.</summary>
        private static bool Matches(string text, string pattern)
        {
            try
            {
                return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));
            }
            catch (Exception unreadable) when (unreadable is ArgumentException or RegexMatchTimeoutException)
            {
                return true;
            }
        }
    }

    /// <summary>CloudFormation takes <c>"80"</c> for 80 and 80 for <c>"80"</c>.</summary>
    private static string? Scalar(JsonNode? value) => value is JsonValue ? Literals.Text(value) : null;

    private static string Noun(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "nothing",
        JsonValueKind.Object => "a map",
        JsonValueKind.Array => "a list",
        _ => "one value",
    };

    private static string Noun(PropertyKind kind) => kind switch
    {
        PropertyKind.String => "text",
        PropertyKind.Integer => "a whole number",
        PropertyKind.Number => "a number",
        PropertyKind.Boolean => "true or false",
        PropertyKind.Array => "a list",
        PropertyKind.Json => "a JSON document",
        _ => "a map",
    };
}
