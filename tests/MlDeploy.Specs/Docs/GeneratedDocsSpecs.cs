using System.Text;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.Docs;

/// <summary>Documents made from the same lists that the code reads; MLDEPLOY_REGENERATE=1 writes them.</summary>
public sealed class GeneratedDocsSpecs
{
    [Fact]
    public void The_exit_codes_document_is_what_the_code_says()
    {
        Assert.Equal(Enum.GetValues<ExitCode>(), ExitCodes.All.Select(entry => entry.Code));

        var text = new StringBuilder()
            .Append("# Exit codes\n\n")
            .Append("A pipeline acts on these; they are the same for every command and on every target. ")
            .Append("Never 0 after a rollback, never 0 for a version that is not there. ")
            .Append("Every failing command also ends its messages with the line `exit N: …`, and with `-o json` names the code in the document `mldeploy/error/v1`.\n\n")
            .Append("| exit | name | meaning |\n|---|---|---|\n");
        foreach (var (code, meaning) in ExitCodes.All)
        {
            text.Append($"| {(int)code} | {code} | {meaning} |\n");
        }

        Golden.Match("docs/exit-codes.md", text.ToString());
    }

    [Fact]
    public void The_metrics_document_is_what_the_catalogue_says()
    {
        var text = new StringBuilder()
            .Append("# Metrics a gate can name\n\n")
            .Append("In `rollout.gates`, each gate names one metric and at least one limit. ")
            .Append("Limits are written in the metric's unit; another unit is an error.\n");
        foreach (var group in MetricCatalog.All.GroupBy(metric => metric.Judging))
        {
            text.Append($"\n## {Heading(group.Key)}\n\n{Guarantee(group.Key)}\n\n");
            text.Append("| metric | limits | written as | what it is |\n|---|---|---|---|\n");
            foreach (var metric in group)
            {
                text.Append($"| `{metric.Name}` | {Limits(metric.Limits)} | {Written(metric.Unit)} | {metric.Doc}{(metric.Built ? "" : " *Checked by `validate`; not judged yet in this version.*")} |\n");
            }
        }

        Golden.Match("docs/metrics.md", text.ToString());
    }

    private static string Heading(JudgingKind kind) => kind switch
    {
        JudgingKind.Proportion => "Shares of requests",
        JudgingKind.Quantile => "Latency",
        JudgingKind.Rule => "Rules",
        JudgingKind.Model => "The model",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Guarantee(JudgingKind kind) => kind switch
    {
        JudgingKind.Proportion => "Judged with the guarantee of `rollout.confidence`: `max` by a confidence sequence, `maxIncrease` by a test of candidate against stable over the same time.",
        JudgingKind.Quantile => "Judged with the guarantee of `rollout.confidence`, as the share of requests slower than the limit (`max`) or than the ratio times stable's quantile (`maxRatio`).",
        JudgingKind.Rule => "Outside the guarantee of `rollout.confidence`: a level is compared with its limit.",
        JudgingKind.Model => "Inputs and outputs of the model, against its profile or against stable.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static string Limits(LimitKinds limits) =>
        string.Join(", ", Enum.GetValues<LimitKinds>().Where(kind => kind != LimitKinds.None && limits.HasFlag(kind)).Select(kind => $"`{char.ToLowerInvariant($"{kind}"[0])}{$"{kind}"[1..]}`"));

    private static string Written(MetricUnit unit) => unit switch
    {
        MetricUnit.Share => "`0.5%`",
        MetricUnit.Duration => "`400ms`",
        MetricUnit.BytesPerTime => "`5MiB/min`",
        MetricUnit.Count => "a whole number",
        MetricUnit.Number => "a number",
        _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };
}
