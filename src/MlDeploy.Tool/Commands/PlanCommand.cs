using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy plan`</summary>
internal static class PlanCommand
{
    private static readonly Option<bool> DetailedExitCode = new("--detailed-exitcode") { Description = "Exit 2 when there are changes, 0 when there are none." };

    public static readonly Option<string?> Against = new("--against") { Description = "aws: compare with what `render --out` wrote to this folder (or file) earlier, without asking AWS.", HelpName = "PATH" };
    public static readonly Option<string?> Markdown = new("--markdown") { Description = "aws: also write the plan as Markdown, for a pull request.", HelpName = "FILE" };

    public static readonly Option<bool> Cost = new("--cost") { Description = "aws: also estimate the fixed monthly cost of what would stand there, from a dated table of list prices." };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Describe, "plan", "Show what deploy, or on aws provision, would change, property by property; changes nothing.", RunAsync)
        {
            OnAws = AwsPlan.RunAsync,
            OnlyOnAws = [Against, Markdown, Cost],
            Examples =
            [
                "mldeploy plan --set version=1.5.0",
                "mldeploy plan --detailed-exitcode -o json",
                "mldeploy plan --target aws --markdown plan.md --cost",
                "mldeploy plan --target aws --against rendered/    (no credentials needed)",
            ],
        }.With([.. options.Manifest, options.Image, DetailedExitCode, Against, Markdown, Cost]);

    public static bool WantsDetailedExitCode(ParseResult parse) => parse.GetValue(DetailedExitCode);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var manifest = await ManifestFile.LoadUsableAsync(parse, context);
        var plan = LocalPlan.Make(manifest, context);
        context.Results.Write("plan", plan, LocalDocuments.Default.PlanDocument, (text, palette) => Write(plan, text, palette));
        return plan.Changes && WantsDetailedExitCode(parse) ? ExitCode.ChangesPlanned : ExitCode.Done;
    }

    private static void Write(PlanDocument plan, TextWriter text, Palette palette)
    {
        text.WriteLine(!plan.Changes ? $"{plan.Application}: {plan.Stable} serves already; deploy would change nothing"
            : plan.Stable is null ? $"{plan.Application}: {plan.Candidate} would be the first version"
            : $"{plan.Application}: {plan.Candidate} would replace {plan.Stable}");
        foreach (var change in plan.Properties)
        {
            text.WriteLine(change switch
            {
                { Old: null } => palette.Paint(Tone.Good, $"  + {change.Path}: {change.New}"),
                { New: null } => palette.Paint(Tone.Bad, $"  - {change.Path}: {change.Old}"),
                _ => palette.Paint(Tone.Warning, $"  ~ {change.Path}: {change.Old} → {change.New}"),
            });
        }

        if (plan.Changes)
        {
            text.WriteLine("changed settings take effect with the next `mldeploy deploy`");
        }
    }
}
