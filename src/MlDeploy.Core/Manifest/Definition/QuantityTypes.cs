using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>A duration with its unit; a bare number is refused, since nobody can know what it counts.</summary>
internal sealed class DurationType(TimeSpan min, TimeSpan max, string example) : ScalarType<TimeSpan>
{
    protected override string Noun => "a duration";

    public override string Describe => $"a duration from {QuantityText.Duration(min)} to {QuantityText.Duration(max)} with its unit (ms, s, m, h, d), such as {example}";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.Scalar("duration", "A number and its unit: ms, s, m, h or d.", "string", @"^(\d+(\.\d+)?(ms|s|m|h|d))+$", "30s");

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out TimeSpan value, out Refusal refusal)
    {
        refusal = default;
        value = Quantity.Duration(scalar.Text) ?? TimeSpan.MinValue;
        if (value == TimeSpan.MinValue)
        {
            refusal = PlainNumber.IsNumber(scalar.Text)
                ? new Refusal("is a duration without a unit", $"Write {scalar.Shown}s for seconds, or another unit.")
                : new Refusal("is not a duration", $"Write a number and its unit, such as {example}.");
            return false;
        }

        if (value >= min && value <= max)
        {
            return true;
        }

        refusal = value < min
            ? new Refusal("is too short", $"Write at least {QuantityText.Duration(min)}.")
            : new Refusal("is too long", $"Write at most {QuantityText.Duration(max)}.");
        return false;
    }
}

/// <summary>A share written as a percentage, held as 0–1.</summary>
/// <param name="min">0–1, inclusive.</param>
internal sealed class ShareType(double min, double max, string example, bool aboveMin = false) : ScalarType<double>
{
    protected override string Noun => "a percentage";

    public override string Describe => $"a percentage {(aboveMin ? "above" : "from")} {QuantityText.Share(min)} {(aboveMin ? "and up " : "")}to {QuantityText.Share(max)}, such as {example}";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.Scalar("percentage", "A share, written with its percent sign.", "string", @"^\d+(\.\d+)?%$", "5%");

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out double value, out Refusal refusal)
    {
        value = 0;
        refusal = default;
        if (Quantity.Share(scalar.Text) is not { } share)
        {
            refusal = PlainNumber.IsNumber(scalar.Text)
                ? new Refusal("is a share without a percent sign", $"Write {scalar.Shown}% if {scalar.Shown} of 100 is meant.")
                : new Refusal("is not a percentage", $"Write a number and a percent sign, such as {example}.");
            return false;
        }

        value = share;
        if ((aboveMin ? share > min : share >= min) && share <= max)
        {
            return true;
        }

        refusal = new Refusal("is out of range", $"Write {(share > max ? $"at most {QuantityText.Share(max)}" : aboveMin ? $"more than {QuantityText.Share(min)}" : $"at least {QuantityText.Share(min)}")}.");
        return false;
    }
}

/// <summary>A number of bytes with its unit.</summary>
internal sealed class SizeType(long min, long max, string example) : ScalarType<long>
{
    protected override string Noun => "a size";

    public override string Describe => $"a size from {QuantityText.Size(min)} to {QuantityText.Size(max)} with its unit (KiB, MiB, GiB, KB, MB, GB), such as {example}";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.Scalar("size", "A number and its unit: B, KiB, MiB, GiB (1024) or KB, MB, GB (1000).", "string", @"^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)$", "512MiB");

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out long value, out Refusal refusal)
    {
        refusal = default;
        var bytes = Quantity.Size(scalar.Text);
        value = bytes is { } known && known >= min && known <= max ? (long)known : 0;
        if (bytes is null)
        {
            refusal = PlainNumber.IsNumber(scalar.Text)
                ? new Refusal("is a size without a unit", $"Write {scalar.Shown}MiB for mebibytes, or another unit.")
                : new Refusal("is not a size", $"Write a number and its unit, such as {example}.");
        }
        else if (bytes < min || bytes > max)
        {
            refusal = new Refusal("is out of range", bytes < min ? $"Write at least {QuantityText.Size(min)}." : $"Write at most {QuantityText.Size(max)}.");
        }

        return bytes >= min && bytes <= max;
    }
}

/// <summary>How many a time; held per second.</summary>
internal sealed class RateType(string example) : ScalarType<double>
{
    protected override string Noun => "a rate";

    public override string Describe => $"a rate above 0 with its unit (/s, /min, /h), such as {example}";

    public override JsonNode Schema(SchemaDefinitions definitions) =>
        definitions.Scalar("rate", "How many in a time: /s, /min or /h.", "string", @"^\d+(\.\d+)?/(s|min|h)$", "50/s");

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out double value, out Refusal refusal)
    {
        var rate = Quantity.Rate(scalar.Text);
        value = rate ?? 0;
        refusal = rate is not null ? new Refusal("is out of range", "Write a rate above 0, or remove the line.")
            : PlainNumber.IsNumber(scalar.Text) ? new Refusal("is a rate without a unit", $"Write {scalar.Shown}/s if it is per second.")
            : new Refusal("is not a rate", $"Write a number and /s, /min or /h, such as {example}.");
        return rate > 0;
    }
}
