using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Heartbeat;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy/aws-steered/v1`</summary>
internal sealed record AwsSteeredDocument(string Application, string? Deployment, string Result, string Serving);

/// <summary>`mldeploy promote` and `mldeploy abort` on aws: from any machine, whoever judges the deployment.</summary>
internal static class AwsSteering
{
    public static async Task<ExitCode> PromoteAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await AwsApplication.FindAsync(session, name, context.Stop);
            if (await RunningDeployment.FindAsync(session, application.Place, context.Clock, context.Stop) is not { IsRollback: false } running)
            {
                throw new ExpectedException(ExitCode.Usage, $"no deployment of {name} is under way", "`mldeploy deploy --target aws` begins one");
            }

            var serving = await new TrafficReader(session, application.Place).ReadAsync(context.Stop);
            if (serving.With(running.TaskDefinition ?? "") is not { Weight: >= 1 })
            {
                throw new ExpectedException(
                    ExitCode.Usage,
                    $"deployment {running.Info.DeploymentId} ({running.Info.Status}) has not all traffic yet ({serving}), and CodeDeploy shifts by its own clock only",
                    "wait for 100 %: from then on promote ends the bake; a shorter rollout.steps makes the next deployment faster");
            }

            var waits = new DeploymentWaits(session.CodeDeploy, context.Clock);
            var info = await waits.UntilSucceededAsync(running.Info.DeploymentId, TimeSpan.Zero, context.Stop);
            if (info?.Status != CodeDeployStatus.Succeeded)
            {
                throw new ExpectedException(
                    ExitCode.TargetFailed,
                    $"deployment {running.Info.DeploymentId} {(info is null ? "cannot be read" : $"is {info.Status}")}: {waits.Refused ?? (info is null ? "no answer" : CodeDeployStatus.Why(info))}",
                    "`mldeploy status --target aws` shows what serves");
            }

            // Whoever judges it deletes its alarm; when nobody does, it is ours to delete.
            if (!running.IsJudged && running.Heartbeat is not null)
            {
                await HeartbeatAlarm.SweepAsync(session.CloudWatch, name, kept: null, context.Stop);
            }

            return Write(context, new AwsSteeredDocument(name, info.DeploymentId, "promoted", $"{await new TrafficReader(session, application.Place).ReadAsync(context.Stop)}"));
        }
    }

    public static async Task<ExitCode> AbortAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await AwsApplication.FindAsync(session, name, context.Stop);
            if (await RunningDeployment.FindAsync(session, application.Place, context.Clock, context.Stop) is not { } running)
            {
                return Write(context, new AwsSteeredDocument(name, null, "no deployment is under way", $"{await new TrafficReader(session, application.Place).ReadAsync(context.Stop)}"));
            }

            var result = running.IsRollback
                ? $"CodeDeploy rolls back already, with deployment {running.Info.DeploymentId}"
                : await StopAsync(running, application, session, context);
            if (!running.IsJudged)
            {
                await HeartbeatAlarm.SweepAsync(session.CloudWatch, name, kept: null, context.Stop);
            }

            return Write(context, new AwsSteeredDocument(name, running.Info.DeploymentId, result, $"{await new TrafficReader(session, application.Place).ReadAsync(context.Stop)}"));
        }
    }

    private static async Task<string> StopAsync(RunningDeployment running, AwsApplication application, AwsSession session, CommandContext context)
    {
        var stop = new DeploymentStopping(session, context.Clock, text => context.Progress.State(text));
        if (await stop.StopAndFollowAsync(running.Info.DeploymentId, context.Stop) is { } trouble)
        {
            var serving = await new TrafficReader(session, application.Place).ReadAsync(context.Stop);
            throw new ExpectedException(
                ExitCode.Unsafe,
                $"{trouble}. Serving: {serving}",
                $"run `aws deploy stop-deployment --deployment-id {running.Info.DeploymentId} --auto-rollback-enabled --region {session.Region}`, then `mldeploy status --target aws`");
        }

        return "stopped and rolled back";
    }

    private static ExitCode Write(CommandContext context, AwsSteeredDocument document)
    {
        context.Results.Write("aws-steered", document, AwsDocuments.Default.AwsSteeredDocument, (text, _) =>
        {
            text.WriteLine($"{document.Application}: {(document.Deployment is null ? "" : $"deployment {document.Deployment} ")}{document.Result}");
            text.WriteLine($"serving: {document.Serving}");
        });
        return ExitCode.Done;
    }
}
