using System.Globalization;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Templates.Folding;

/// <summary>
/// Replaces a template's parameters and conditions by what they come to, as CloudFormation would, so that what is sent, compared and
/// shown is one literal template. References to resources and to pseudo parameters stay: only CloudFormation knows them.
/// </summary>
internal sealed class TemplateFolder
{
    private readonly Dictionary<string, JsonNode?> parameters = new(StringComparer.Ordinal);
    private readonly JsonObject conditions;
    private readonly Dictionary<string, bool> decided = new(StringComparer.Ordinal);

    private TemplateFolder(JsonObject template, Func<string, JsonNode?> value, Func<string, string?> pseudo)
    {
        Pseudo = pseudo;
        conditions = template["Conditions"] as JsonObject ?? [];
        foreach (var (name, declaration) in template["Parameters"] as JsonObject ?? [])
        {
            parameters[name] = value(name) ?? Default(declaration) ?? throw new FoldingException($"parameter {name} has neither a value of the manifest nor a default");
        }
    }

    private Func<string, string?> Pseudo { get; }

    /// <param name="template">Left as it is.</param>
    /// <param name="value">A parameter's value; null for its default.</param>
    /// <param name="pseudo">A pseudo parameter's value where it decides a condition; null when not known.</param>
    /// <exception cref="FoldingException">A parameter without value, or a condition that cannot be decided.</exception>
    public static JsonObject Fold(JsonObject template, Func<string, JsonNode?> value, Func<string, string?> pseudo)
    {
        var folder = new TemplateFolder(template, value, pseudo);
        var folded = new JsonObject();
        foreach (var (key, section) in template)
        {
            if (key is "Resources" or "Outputs")
            {
                folded[key] = folder.Entries(section as JsonObject ?? []);
            }
            else if (key is not ("Parameters" or "Conditions" or "Rules"))
            {
                folded[key] = section?.DeepClone();
            }
        }

        return folded;
    }

    private JsonObject Entries(JsonObject entries)
    {
        var kept = new JsonObject();
        foreach (var (id, entry) in entries)
        {
            if (entry is JsonObject map && Intrinsics.Text(map["Condition"]) is { } condition)
            {
                if (Holds(condition))
                {
                    var unconditional = (JsonObject)map.DeepClone();
                    unconditional.Remove("Condition");
                    kept[id] = Fold(unconditional);
                }
            }
            else
            {
                kept[id] = Fold(entry);
            }
        }

        return kept;
    }

    private JsonNode? Fold(JsonNode? node)
    {
        if (Intrinsics.Is(node, out var function, out var argument))
        {
            return Function(function, argument);
        }

        switch (node)
        {
            case JsonObject map:
                var folded = new JsonObject();
                foreach (var (key, value) in map)
                {
                    var inner = Fold(value);
                    if (!Intrinsics.IsNoValue(inner))
                    {
                        folded[key] = inner;
                    }
                }

                return folded;
            case JsonArray list:
                return new JsonArray([.. list.Select(Fold).Where(item => !Intrinsics.IsNoValue(item))]);
            default:
                return node?.DeepClone();
        }
    }

    private JsonNode? Function(string function, JsonNode? argument) => function switch
    {
        Intrinsics.Ref => Intrinsics.Text(argument) is { } name && parameters.TryGetValue(name, out var value) ? value?.DeepClone() : Intrinsics.Reference(Intrinsics.Text(argument) ?? ""),
        Intrinsics.If when argument is JsonArray { Count: 3 } choice && Intrinsics.Text(choice[0]) is { } condition => Fold(choice[Holds(condition) ? 1 : 2]),
        Intrinsics.If => throw new FoldingException($"{Intrinsics.If} is not a condition's name and two values: {argument?.ToJsonString()}"),
        Intrinsics.Sub => Substitution.Fold(argument, Fold, name => parameters.TryGetValue(name, out var value) ? (true, value) : (false, null)),
        _ => LiteralFunctions.Fold(function, Fold(argument)),
    };

    private bool Holds(string condition)
    {
        if (!decided.TryGetValue(condition, out var holds))
        {
            if (!conditions.TryGetPropertyValue(condition, out var definition))
            {
                throw new FoldingException($"condition {condition} is not defined");
            }

            // Against a circle of conditions, which CloudFormation refuses too.
            decided[condition] = false;
            decided[condition] = holds = Decide(definition, condition);
        }

        return holds;
    }

    private bool Decide(JsonNode? definition, string condition)
    {
        if (definition is JsonObject { Count: 1 } reference && Intrinsics.Text(reference["Condition"]) is { } other)
        {
            return Holds(other);
        }

        if (!Intrinsics.Is(definition, out var function, out var argument) || argument is not JsonArray operands)
        {
            throw new FoldingException($"condition {condition} is not a function that gives true or false");
        }

        return function switch
        {
            "Fn::And" => operands.All(operand => Decide(operand, condition)),
            "Fn::Or" => operands.Any(operand => Decide(operand, condition)),
            "Fn::Not" when operands.Count == 1 => !Decide(operands[0], condition),
            "Fn::Equals" when operands.Count == 2 => string.Equals(Operand(operands[0], condition), Operand(operands[1], condition), StringComparison.Ordinal),
            _ => throw new FoldingException($"condition {condition} uses {function}, which gives neither true nor false"),
        };
    }

    private string Operand(JsonNode? node, string condition)
    {
        var folded = Fold(node);
        if (Intrinsics.Is(folded, out var function, out var argument))
        {
            var known = string.Equals(function, Intrinsics.Ref, StringComparison.Ordinal) && Intrinsics.Text(argument) is { } name ? Pseudo(name) : null;
            return known ?? throw new FoldingException($"condition {condition} depends on {folded!.ToJsonString()}, which is not known before the stack is created");
        }

        return Literals.Text(folded) ?? throw new FoldingException($"condition {condition} compares something that is not one value");
    }

    private static JsonNode? Default(JsonNode? declaration)
    {
        if (declaration.At("Default") is not { } @default)
        {
            return null;
        }

        return Intrinsics.Text(declaration.At("Type")) is { } type && (type is "CommaDelimitedList" || type.StartsWith("List<", StringComparison.Ordinal))
            ? new JsonArray([.. (Literals.Text(@default) ?? "").Split(',', StringSplitOptions.TrimEntries).Select(item => (JsonNode)item)])
            : @default.DeepClone();
    }
}

/// <summary>A template whose parameters and conditions do not come to one literal template; only a user's own can be that.</summary>
internal sealed class FoldingException(string message) : Exception(message);

internal static class Literals
{
    /// <summary>One literal value as CloudFormation's functions see it; null for a map, a list or nothing.</summary>
    public static string? Text(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag ? "true" : "false",
        JsonValue value when value.TryGetValue<long>(out var whole) => whole.ToString(CultureInfo.InvariantCulture),
        JsonValue value when value.TryGetValue<double>(out var number) => number.ToString("R", CultureInfo.InvariantCulture),
        JsonValue value => value.ToJsonString(),
        _ => null,
    };
}
