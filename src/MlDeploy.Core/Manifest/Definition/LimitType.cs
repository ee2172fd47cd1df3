using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>A gate's limit before its metric says which unit it should have.</summary>
/// <param name="Value">In the canonical unit of the way it is written.</param>
/// <param name="Unit">Number for a bare one.</param>
internal readonly record struct Limit(double Value, MetricUnit Unit);

/// <summary>A limit in any metric's unit; whether it is the metric's is checked where the metric is known.</summary>
internal sealed class LimitType : ScalarType<Limit>
{
    protected override string Noun => "a limit";

    public override string Describe => "a percentage (5%), a duration (400ms), a growth (5MiB/min) or a plain number, as the metric asks";

    public static string DescribeUnit(MetricUnit unit) => unit switch
    {
        MetricUnit.Share => "a percentage, such as 5%",
        MetricUnit.Duration => "a duration, such as 400ms",
        MetricUnit.BytesPerTime => "a growth, such as 5MiB/min",
        MetricUnit.Count => "a whole number, such as 0",
        _ => "a plain number, such as 0.2",
    };

    public override JsonNode Schema(SchemaDefinitions definitions) => definitions.Refer("limit", () => new JsonObject
    {
        ["description"] = "In the metric's unit.",
        ["anyOf"] = new JsonArray([.. Enum.GetValues<MetricUnit>().Where(unit => unit != MetricUnit.Count).Select(unit => (JsonNode)SchemaOf(unit, definitions))]),
    });

    public static JsonObject SchemaOf(MetricUnit unit, SchemaDefinitions definitions) => unit switch
    {
        MetricUnit.Share => (JsonObject)new ShareType(0, 1, "5%").Schema(definitions),
        MetricUnit.Duration => (JsonObject)new DurationType(TimeSpan.Zero, TimeSpan.MaxValue, "400ms").Schema(definitions),
        MetricUnit.BytesPerTime => definitions.Scalar("growth", "A size and a time: MiB/min, KB/s …", "string", @"^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)/(s|min|h)$", "5MiB/min"),
        MetricUnit.Count => definitions.OrVariable(new JsonObject { ["type"] = "integer", ["minimum"] = 0 }),
        _ => definitions.OrVariable(new JsonObject { ["type"] = "number" }),
    };

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory)
    {
        var text = ((ScalarNode)node).Text;
        if (PlainNumber.IsNumber(text))
        {
            writer.WriteRawValue(text);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out Limit value, out Refusal refusal)
    {
        var text = scalar.Text;
        Limit? read = scalar.Kind != ScalarKind.Quoted && PlainNumber.Parse(text) is { } number ? new(number, MetricUnit.Number)
            : Quantity.Share(text) is { } share ? new(share, MetricUnit.Share)
            : Quantity.Duration(text) is { } duration ? new(duration.TotalSeconds, MetricUnit.Duration)
            : Quantity.Growth(text) is { } growth ? new(growth, MetricUnit.BytesPerTime)
            : null;
        value = read ?? default;
        refusal = new Refusal("is not a limit", scalar.Kind == ScalarKind.Quoted && PlainNumber.IsNumber(text) ? "Remove the quotes." : "Write a number with the metric's unit.");
        return read is not null;
    }
}
