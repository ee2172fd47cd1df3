using System.CommandLine;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Deployments;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy history`</summary>
internal static class HistoryCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "history", "Past deployments: what was tried, what became of it, and why.", RunAsync)
        {
            OnAws = AwsHistoryCommand.RunAsync,
        }
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        var entries = DeploymentHistory.Of(LocalTarget.Existing(context, name), context.Clock);
        context.Results.Write("history", new HistoryDocument(name, entries), LocalDocuments.Default.HistoryDocument, (text, palette) =>
        {
            var table = new Table(">", "began (UTC)", ">took", "candidate", "stable", "outcome", "by", "reason");
            foreach (var entry in entries)
            {
                table.Add(
                    entry.Number.ToString(CultureInfo.InvariantCulture),
                    entry.StartedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                    entry.EndedAt is { } ended ? Words.Of(ended - entry.StartedAt) : null,
                    entry.Candidate,
                    entry.Stable,
                    new Cell(entry.Phase, entry.ExitCode is ExitCode.Done ? Tone.Good : entry.EndedAt is null ? Tone.Warning : Tone.Bad),
                    entry.Holder,
                    entry.Reason?.ReplaceLineEndings(" "));
            }

            table.Write(text, palette);
        });
        return ExitCode.Done;
    }
}
