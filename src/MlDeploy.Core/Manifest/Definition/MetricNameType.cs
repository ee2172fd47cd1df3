using System.Text.Json.Nodes;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>A metric of the catalogue.</summary>
internal sealed class MetricNameType : ScalarType<string>
{
    protected override string Noun => "a metric";

    public override string Fallback => "";

    public override string Describe => string.Join(", ", MetricCatalog.All.Select(metric => metric.Name));

    public override JsonNode Schema(SchemaDefinitions definitions) => definitions.Refer("metric", () => new JsonObject
    {
        ["description"] = "What a gate judges.",
        ["oneOf"] = new JsonArray([.. MetricCatalog.All.Select(metric => (JsonNode)new JsonObject { ["const"] = metric.Name, ["description"] = metric.Doc })]),
    });

    protected override bool TryParse(ScalarNode scalar, ReadContext context, out string value, out Refusal refusal)
    {
        value = scalar.Text;
        refusal = default;
        if (MetricCatalog.Find(scalar.Text) is not null)
        {
            return true;
        }

        refusal = new Refusal("is not a metric",
            NearestName.Of(scalar.Text, MetricCatalog.All.Select(metric => metric.Name)) is { } nearest
                ? $"Write {nearest} instead of {ProblemList.Shorten(scalar.Shown)}."
                : "Use one of these, or prometheus, http, command or cloudwatch for a number of your own.");
        return false;
    }
}
