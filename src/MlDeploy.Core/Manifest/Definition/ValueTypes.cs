using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>A whole number.</summary>
internal sealed class IntegerType(long min, long max) : ScalarType<long>
{
    protected override string Noun => "a whole number";

    public override string Describe => string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.OrVariable(new JsonObject { ["type"] = "integer", ["minimum"] = min, ["maximum"] = max });

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory) => writer.WriteRawValue(((ScalarNode)node).Text);

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out long value, out Refusal refusal)
    {
        var isNumber = PlainNumber.IsNumber(scalar.Text);
        value = 0;
        refusal = !isNumber ? new Refusal("is not a whole number", "Write digits only, without a unit.")
            : scalar.Kind == ScalarKind.Quoted ? new Refusal("is text, since it is quoted", "Remove the quotes.")
            : new Refusal("is not a whole number in range", string.Create(CultureInfo.InvariantCulture, $"Write {Describe}."));
        return isNumber && scalar.Kind != ScalarKind.Quoted
            && long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
    }
}

/// <summary>Any number, in the unit its setting says.</summary>
internal sealed class NumberType(double min, double max, string example) : ScalarType<double>
{
    protected override string Noun => "a number";

    public override string Describe => double.IsInfinity(max)
        ? $"a number, such as {example}"
        : $"a number from {QuantityText.Number(min)} to {QuantityText.Number(max)}, such as {example}";

    public override JsonNode Schema(SchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["type"] = "number" };
        if (!double.IsInfinity(max))
        {
            schema["minimum"] = min;
            schema["maximum"] = max;
        }

        return definitions.OrVariable(schema);
    }

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory) => writer.WriteRawValue(((ScalarNode)node).Text);

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out double value, out Refusal refusal)
    {
        var number = PlainNumber.Parse(scalar.Text);
        value = number ?? 0;
        refusal = number is null ? new Refusal("is not a number", $"Write a plain number, such as {example}.")
            : scalar.Kind == ScalarKind.Quoted ? new Refusal("is text, since it is quoted", "Remove the quotes.")
            : new Refusal("is out of range", $"Write {Describe}.");
        return number >= min && number <= max && scalar.Kind != ScalarKind.Quoted;
    }
}

/// <summary>`true` or `false`, as YAML 1.2 has it; `yes`, `on` and their kin are text.</summary>
internal sealed class BooleanType : ScalarType<bool>
{
    protected override string Noun => "true or false";

    public override string Describe => "true or false";

    public override JsonNode Schema(SchemaDefinitions definitions) => definitions.OrVariable(new JsonObject { ["type"] = "boolean" });

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory) => writer.WriteRawValue(((ScalarNode)node).Text);

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out bool value, out Refusal refusal)
    {
        value = string.Equals(scalar.Text, "true", StringComparison.Ordinal);
        refusal = scalar.Text.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "y" => new Refusal("is text, not true or false", "Write true, without quotes."),
            "false" or "no" or "off" or "n" => new Refusal("is text, not true or false", "Write false, without quotes."),
            _ => new Refusal("is not true or false", "Write true or false."),
        };
        return scalar.Kind != ScalarKind.Quoted && (scalar.Text is "true" or "false");
    }
}

/// <summary>One of some names.</summary>
internal sealed class ChoiceType<T>(params Choice<T>[] choices) : ScalarType<T>
{
    protected override string Noun => "a name";

    public override string Describe => string.Join(" | ", choices.Select(choice => choice.Name));

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.OrVariable(new JsonObject { ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice.Name)]) });

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out T value, out Refusal refusal)
    {
        foreach (var choice in choices)
        {
            if (string.Equals(choice.Name, scalar.Text, StringComparison.Ordinal))
            {
                value = choice.Value;
                refusal = default;
                return true;
            }
        }

        value = default!;
        var names = choices.Select(choice => choice.Name);
        refusal = new Refusal("is not one of the names allowed here",
            NearestName.Of(scalar.Text, names) is { } nearest ? $"Write {nearest} instead of {ProblemList.Shorten(scalar.Shown)}." : $"Write one of {string.Join(", ", names)}.");
        return false;
    }
}

internal sealed record Choice<T>(string Name, T Value);

/// <summary>A moment, with its offset from UTC.</summary>
internal sealed class InstantType : ScalarType<DateTimeOffset>
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    protected override string Noun => "a date and time";

    public override string Describe => "a date and time with its offset (ISO 8601), such as 2026-11-18T08:00:00Z";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.Scalar("instant", "A date and time with its offset (ISO 8601).", "string", @"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$", "2026-11-18T08:00:00Z");

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out DateTimeOffset value, out Refusal refusal)
    {
        var text = scalar.Text;
        refusal = new Refusal("is not a date and time with its offset", "Write it as 2026-11-18T08:00:00Z, or with +01:00 in place of Z.");
        value = default;
        return text.Length is > 16 and <= 35 && (text.EndsWith('Z') || text[^6] is '+' or '-')
            && DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
    }
}
