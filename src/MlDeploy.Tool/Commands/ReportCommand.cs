using System.CommandLine;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Local.Deployments;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy report`</summary>
internal static class ReportCommand
{
    private static readonly Argument<string?> Which = new("deployment")
    {
        Description = "A deployment's number as history shows it, on aws its id; default: the last one.",
        Arity = ArgumentArity.ZeroOrOne,
        Validators =
        {
            result =>
            {
                var written = result.Tokens[0].Value;
                if (!written.All(char.IsAsciiDigit) && !written.StartsWith("d-", StringComparison.Ordinal))
                {
                    result.AddError($"DEPLOYMENT is a whole number, or on aws an id such as d-1A2B3C4D5, not '{written}'");
                }
            },
        },
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "A journal.jsonl from anywhere: made again from it alone, and replayed.",
        HelpName = "JOURNAL",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Write to this file: .html, .json or .md, as -o says or else its name.",
        HelpName = "FILE",
    };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "report", "The evidence of one deployment, made from its journal: Markdown, JSON, or a page (-o html).", RunAsync)
        {
            OnAws = RunAsync,
            MakesPages = true,
            Examples =
            [
                "mldeploy report                              (the last deployment, as Markdown)",
                "mldeploy report 7 --out report.html          (one file that needs nothing else)",
                "mldeploy report --from journal.jsonl -o html",
                "mldeploy report --target aws d-1A2B3C4D5    (of any machine's deployment)",
                "mldeploy report diff 6 7",
            ],
        }
        .With(Which)
        .With([From, Out, .. options.Running])
        .WithBeside(ReportDiffCommand.Create(options));

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var report = parse.GetValue(From) is { } journal ? Again(parse, context, journal) : await OfDeploymentAsync(parse, context);
        if (parse.GetValue(Out) is { } file)
        {
            ReportFile.Write(report, file, context);
        }
        else
        {
            ReportFile.Print(report, context);
        }

        return report.Discrepancies.IsEmpty ? ExitCode.Done : Unsound(report, context);
    }

    private static async Task<DeploymentReport> OfDeploymentAsync(ParseResult parse, CommandContext context)
    {
        var which = parse.GetValue(Which);
        if (parse.GetValue(context.Options.Target) == TargetChoice.Aws)
        {
            return await AwsReport.OfAsync(which, parse, context);
        }

        var name = await Applications.NameAsync(parse, context);
        var paths = LocalTarget.Existing(context, name);
        var number = which is null ? DeploymentHistory.Of(paths, context.Clock).Select(entry => entry.Number).FirstOrDefault()
            : int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var written) ? written
            : throw new ExpectedException(ExitCode.Usage, $"{which} is no deployment's number", "`mldeploy history` lists them; with --target aws they have such ids");
        return DeploymentHistory.Report(paths, number, context.Clock)
            ?? throw new ExpectedException(ExitCode.Usage, $"{name} has no deployment {number}", "`mldeploy history` lists them");
    }

    private static DeploymentReport Again(ParseResult parse, CommandContext context, string journal)
    {
        if (parse.GetValue(Which) is { } which)
        {
            throw new ExpectedException(ExitCode.Usage, $"--from names a journal, so deployment {which} cannot be meant too", "leave one of them out");
        }

        try
        {
            return ReportBuilder.Again(JournalReader.Read(Path.GetFullPath(journal, context.Surroundings.WorkingDirectory)))
                ?? throw new ExpectedException(ExitCode.Usage, $"{journal} has no first line, so nothing is known of a deployment", "name the journal.jsonl of a deployment");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(ExitCode.Usage, $"cannot read {journal}: {failure.Message}", "name the journal.jsonl of a deployment", failure);
        }
    }

    /// <summary>The report says it too; a pipeline that only looks at the exit code must not take it for evidence.</summary>
    private static ExitCode Unsound(DeploymentReport report, CommandContext context)
    {
        foreach (var line in report.Discrepancies)
        {
            context.Surroundings.Messages.WriteLine(context.MessagePalette.Paint(Tone.Warning, $"replaying gives something else: {line}"));
        }

        context.Surroundings.Messages.WriteLine($"  → the journal was changed, or judged by another version of mldeploy (it names {report.ToolVersion}, this is {ToolVersion.Number})");
        return new ErrorWriter(context).Ends(ExitCode.TargetFailed);
    }
}
