using System.CommandLine;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Processes;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy/aws-dashboard/v1`</summary>
internal sealed record AwsDashboardDocument(string Application, string Dashboard, string Url);

/// <summary>`mldeploy dashboard --target aws`</summary>
internal static class AwsDashboardCommand
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await StandingApplication.FindAsync(session, name, context.Stop) ?? throw AwsAccess.NotProvisioned(name, StackNames.Of(name, StackKind.Application));
            var dashboard = application[StackOutputs.Dashboard]
                ?? throw new ExpectedException(ExitCode.TargetFailed, $"stack {application.Stack.StackName} ({application.Stack.StackStatus}) tells of no dashboard", "`mldeploy provision --target aws` brings the stack to what the manifest says");
            var document = new AwsDashboardDocument(name, dashboard, ConsoleLinks.Dashboard(session, dashboard));
            context.Results.Write("aws-dashboard", document, AwsDocuments.Default.AwsDashboardDocument, (text, _) => text.WriteLine(document.Url));
            if (parse.GetValue(DashboardCommand.Open))
            {
                Browser.Open(document.Url);
            }

            return ExitCode.Done;
        }
    }
}
