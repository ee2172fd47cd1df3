using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Local.Deployments;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy report --target aws`: by CodeDeploy's id from the target, so from any machine; by number, one that this machine carried out.</summary>
internal static class AwsReport
{
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
            return ReportBuilder.From(await new JournalCopyReader(session.Logs, place.LogGroup).ReadAsync(id, context.Stop))
                ?? throw new ExpectedException(
                    ExitCode.Usage,
                    $"the log group {place.LogGroup} has no journal of deployment {id}: it is not one of {name}'s, not mldeploy's, could not be copied, or is older than the log is kept",
                    "`mldeploy history --target aws` lists the deployments and what CodeDeploy tells of them");
        }
    }
}
