using System.CommandLine;
using System.Globalization;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.State;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy report diff`</summary>
internal static class ReportDiffCommand
{
    private static readonly Argument<string> Before = new("before") { Description = "A deployment's number, or a version: its last deployment." };
    private static readonly Argument<string> After = new("after") { Description = "Another." };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand("also", "diff", "Two deployments beside one another: gates, durations, manifest.", RunAsync)
            .With(Before, After)
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var paths = LocalTarget.Existing(context, await Applications.NameAsync(parse, context));
        var diff = ReportDiff.Of(Find(paths, parse.GetValue(Before)!, context), Find(paths, parse.GetValue(After)!, context));
        context.Results.Write("report-diff", diff, ReportDiff.Json, (text, palette) => Write(diff, text, palette));
        return ExitCode.Done;
    }

    /// <summary>By number, by version id, or by label: a label's newest deployment.</summary>
    private static DeploymentReport Find(ApplicationPaths paths, string which, CommandContext context)
    {
        var history = DeploymentHistory.Of(paths, context.Clock);
        var found = int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && history.Any(entry => entry.Number == number) ? number
            : history.FirstOrDefault(entry => entry.Candidate == which || LabelOf(entry.Candidate) == which)?.Number;
        return found is { } deployment && DeploymentHistory.Report(paths, deployment, context.Clock) is { } report
            ? report
            : throw new ExpectedException(
                ExitCode.Usage, $"there is no deployment '{which}'; there are {string.Join(", ", history.Select(entry => $"{entry.Number} ({entry.Candidate})").Take(10))}", "name a number or a version of these");
    }

    /// <summary>`v2-0123456789ab` → `v2`.</summary>
    private static string LabelOf(string version) => version.LastIndexOf('-') is > 0 and var dash ? version[..dash] : version;

    private static void Write(ReportDiff diff, TextWriter text, Palette palette)
    {
        text.WriteLine($"{diff.Before.Deployment}: {diff.Before.Verdict}");
        text.WriteLine($"{diff.After.Deployment}: {diff.After.Verdict}");
        text.WriteLine();
        Durations(diff).Write(text, palette);
        if (!diff.Gates.IsEmpty)
        {
            text.WriteLine();
            Gates(diff).Write(text, palette);
        }

        text.WriteLine();
        text.WriteLine(diff.Manifest.IsEmpty ? "the manifests are the same" : "the manifest:");
        foreach (var change in diff.Manifest)
        {
            text.WriteLine(change switch
            {
                { Old: null } => palette.Paint(Tone.Good, $"  + {change.Path}: {change.New}"),
                { New: null } => palette.Paint(Tone.Bad, $"  - {change.Path}: {change.Old}"),
                _ => palette.Paint(Tone.Warning, $"  ~ {change.Path}: {change.Old} → {change.New}"),
            });
        }
    }

    private static Table Durations(ReportDiff diff)
    {
        var table = new Table("phase", $">{diff.Before.Deployment}", $">{diff.After.Deployment}");
        foreach (var phase in diff.Phases)
        {
            table.Add(phase.Phase, Text(phase.Before), Text(phase.After));
        }

        return table.Add("in all", Text(diff.Before.Took), Text(diff.After.Took));
    }

    private static Table Gates(ReportDiff diff)
    {
        var table = new Table("gate", ">at", $"{diff.Before.Deployment}", ">candidate", ">stable", $"{diff.After.Deployment}", ">candidate", ">stable", ">ratio");
        foreach (var gate in diff.Gates)
        {
            table.Add(
                gate.Gate, Words.Percent(gate.Weight),
                Kind(gate.Before), Value(gate.Before, gate.Before?.Value), Value(gate.Before, gate.Before?.Stable),
                Kind(gate.After), Value(gate.After, gate.After?.Value), Value(gate.After, gate.After?.Stable),
                gate.Ratio is { } ratio ? $"×{MetricText.Rounded(ratio)}" : null);
        }

        return table;
    }

    private static Cell Kind(Judgment? judgment) => judgment is null ? null : new Cell(
        StepDecision.Name(judgment.Kind),
        judgment.Kind switch { JudgmentKind.Pass => Tone.Good, JudgmentKind.NotApplicable => Tone.Quiet, JudgmentKind.Inconclusive => Tone.Warning, _ => Tone.Bad });

    private static string? Value(Judgment? judgment, double? value) => judgment is null || value is null ? null : JudgmentText.Number(value, judgment.Unit);

    private static string? Text(TimeSpan? time) => time is { } known ? Words.Of(known) : null;
}
