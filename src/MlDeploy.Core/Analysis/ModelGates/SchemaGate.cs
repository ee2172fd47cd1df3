using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>`model.inputs.schema`, a rule: features that are absent, new, or of another type than in the profile. What was seen once in a step has been seen.</summary>
internal sealed class SchemaGate(Gate gate, MetricDefinition metric, ModelYardstick? model) : ModelGate(gate, metric, model?.SlicesOf(gate).Length ?? 0)
{
    private const int MostNamed = 5;

    protected override Judgment Judge(JudgedRows rows)
    {
        var changed = rows.Features;
        var judgment = Say(JudgmentKind.Pass, reason: null) with { N = rows.Rows, Value = changed.Length };
        return changed.Length > Gate.Max
            ? judgment with { Kind = JudgmentKind.Fail, Reason = $"{string.Join(", ", changed.Take(MostNamed).Select(one => one.Name))}{(changed.Length > MostNamed ? $" and {changed.Length - MostNamed} more" : "")}, where at most {Say(Gate.Max.Value)} may differ from the profile" }
            : UnlessTooFew(judgment, rows);
    }
}
