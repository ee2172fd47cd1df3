using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy/aws-history/v1`</summary>
internal sealed record AwsHistoryDocument(string Application, ImmutableArray<AwsHistoryEntry> Deployments);

/// <summary>`mldeploy history --target aws`: from CodeDeploy and the task definitions, the same on every machine.</summary>
internal static class AwsHistoryCommand
{
    private const int Most = 25;

    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await AwsApplication.FindAsync(session, name, context.Stop);
            var document = new AwsHistoryDocument(name, await new HistoryReader(session, application.Place).ReadAsync(Most, context.Stop));
            context.Results.Write("aws-history", document, AwsDocuments.Default.AwsHistoryDocument, (text, palette) => Write(document, text, palette));
            return ExitCode.Done;
        }
    }

    private static void Write(AwsHistoryDocument document, TextWriter text, Palette palette)
    {
        var table = new Table("deployment", "began (UTC)", ">took", "candidate", "outcome", "by", "reason");
        foreach (var entry in document.Deployments)
        {
            table.Add(
                entry.Deployment,
                entry.StartedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                entry.EndedAt - entry.StartedAt is { } took ? Words.Of(took) : null,
                entry.Candidate,
                new Cell(entry.Outcome, entry.Outcome switch
                {
                    "promoted" => Tone.Good,
                    "under way" or "rolling back" => Tone.Warning,
                    _ => Tone.Bad,
                }),
                entry.Holder,
                entry.Reason?.ReplaceLineEndings(" "));
        }

        table.Write(text, palette);
    }
}
