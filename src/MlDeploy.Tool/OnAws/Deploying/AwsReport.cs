using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Deployments;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy report --target aws`: by CodeDeploy's id from the target, so from any machine; by number, one that this machine carried out.</summary>
internal static class AwsReport
{
    /// <summary>Deployments among which one is looked for whose runner did not live to see its end.</summary>
    private const int Back = 50;

    public static async Task<DeploymentReport> OfAsync(string? which, ParseResult parse, CommandContext context)
    {
        if (int.TryParse(which, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            var application = await Applications.NameAsync(parse, context);
            return DeploymentHistory.Report(AwsJournals.Existing(context, application), number, context.Clock)
                ?? throw new ExpectedException(ExitCode.Usage, $"this machine has carried out no deployment {number} of {application} to aws", "`mldeploy history --target aws` lists those of all machines by their ids");
        }

        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var place = (await AwsApplication.FindAsync(session, name, context.Stop)).Place;
            var id = which ?? (await new HistoryReader(session, place).ReadAsync(1, context.Stop)).FirstOrDefault()?.Deployment
                ?? throw new ExpectedException(ExitCode.Usage, $"{name} has had no deployment", "`mldeploy deploy --target aws` begins one");
            var report = ReportBuilder.From(await new JournalCopyReader(session.Logs, place.LogGroup).ReadAsync(id, context.Stop))
                ?? throw new ExpectedException(
                    ExitCode.Usage,
                    $"the log group {place.LogGroup} has no journal of deployment {id}: it is not one of {name}'s, not mldeploy's, could not be copied, or is older than the log is kept",
                    "`mldeploy history --target aws` lists the deployments and what CodeDeploy tells of them");
            return report.EndedAt is null && (await new HistoryReader(session, place).ReadAsync(Back, context.Stop)).FirstOrDefault(entry => entry.Deployment == id) is { EndedAt: not null } seen ? Ended(report, seen) : report;
        }
    }

    /// <summary>The journal of a runner that was killed ends in the midst; how the deployment ended, CodeDeploy knows.</summary>
    private static DeploymentReport Ended(DeploymentReport report, AwsHistoryEntry seen)
    {
        var (how, phase) = seen.Outcome switch
        {
            "promoted" => ("was promoted", Phase.Promoted),
            "unsafe" => ("could not be rolled back", Phase.Unsafe),
            "failed" => ("failed", Phase.RolledBack),
            _ => ($"was {seen.Outcome}", Phase.RolledBack),
        };
        var reason = seen.Reason is null ? "" : $": {seen.Reason.TrimEnd('.')}";
        var lastSeen = report.Timeline.IsEmpty ? "at its beginning" : $"while {Verdicts.Name(report.Timeline[^1].Phase)}";
        return report with
        {
            Verdict = $"{report.Candidate} {how}{reason}. Its runner's journal ends before that, {lastSeen}.",
            Outcome = phase,
            Reason = seen.Reason,
            EndedAt = seen.EndedAt,
        };
    }
}
