using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Templates;

/// <summary>The values of a template's parameters: given, previous or default, each within its constraints.</summary>
internal static class ParameterValues
{
    /// <param name="given">As in an API call: `ParameterKey`, `ParameterValue` or `UsePreviousValue`.</param>
    public static ImmutableSortedDictionary<string, string> Texts(Template template, IEnumerable<JsonObject> given, ImmutableSortedDictionary<string, string>? previous)
    {
        var said = given.ToDictionary(one => one.Required("ParameterKey"));
        var unknown = said.Keys.Where(name => !template.Parameters.ContainsKey(name)).ToList();
        if (unknown.Count > 0)
        {
            throw new AwsError("ValidationError", $"Parameters: [{string.Join(", ", unknown)}] do not exist in the template");
        }

        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var (name, declaration) in template.Parameters)
        {
            var fields = (JsonObject)declaration!;
            var value = said.TryGetValue(name, out var one)
                ? one.Flag("UsePreviousValue") == true ? previous?.GetValueOrDefault(name) : one.Text("ParameterValue")
                : fields.Text("Default");
            if (value is null)
            {
                missing.Add(name);
                continue;
            }

            Check(name, fields, value);
            values[name] = value;
        }

        return missing.Count == 0 ? values.ToImmutable() : throw new AwsError("ValidationError", $"Parameters: [{string.Join(", ", missing)}] must have values");
    }

    /// <summary>As `Ref` gives them: lists are lists.</summary>
    public static ImmutableSortedDictionary<string, JsonNode> Nodes(Template template, ImmutableSortedDictionary<string, string> texts) =>
        texts.ToImmutableSortedDictionary(pair => pair.Key, pair => IsList(template.Parameters.Object(pair.Key))
            ? new JsonArray([.. pair.Value.Split(',', StringSplitOptions.TrimEntries).Select(part => (JsonNode?)part)])
            : (JsonNode)JsonValue.Create(pair.Value), StringComparer.Ordinal);

    private static bool IsList(JsonObject declaration) => declaration.Text("Type") is "CommaDelimitedList" or ['L', 'i', 's', 't', '<', ..];

    private static void Check(string name, JsonObject declaration, string value)
    {
        var type = declaration.Text("Type") ?? throw new AwsError("ValidationError", $"Template format error: Every Parameters object must contain a Type member. ({name})");
        if (type.StartsWith("AWS::SSM", StringComparison.Ordinal))
        {
            throw new AwsError("ValidationError", $"Parameter {name}: the twin has no parameter store ({type})");
        }

        var allowed = declaration.Texts("AllowedValues").ToList();
        var number = type == "Number" && double.TryParse(value, CultureInfo.InvariantCulture, out var parsed) ? parsed : (double?)null;
        var problem =
            type == "Number" && number is null ? $"Parameter '{name}' must be a number."
            : allowed.Count > 0 && !allowed.Contains(value) ? $"Parameter '{name}' must be one of AllowedValues"
            : declaration.Text("AllowedPattern") is { } pattern && !Regex.IsMatch(value, $"^(?:{pattern})$") ? $"Parameter '{name}' must match pattern {pattern}"
            : declaration.Number("MinLength") > value.Length ? $"Parameter '{name}' must contain at least {declaration.Text("MinLength")} characters"
            : declaration.Number("MaxLength") < value.Length ? $"Parameter '{name}' must contain at most {declaration.Text("MaxLength")} characters"
            : declaration.Number("MinValue") > number ? $"Parameter '{name}' must be a number not less than {declaration.Text("MinValue")}"
            : declaration.Number("MaxValue") < number ? $"Parameter '{name}' must be a number not greater than {declaration.Text("MaxValue")}"
            : null;
        if (problem is not null)
        {
            throw new AwsError("ValidationError", problem);
        }
    }
}
