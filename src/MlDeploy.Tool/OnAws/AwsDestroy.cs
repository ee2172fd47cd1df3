using System.CommandLine;
using System.Runtime.CompilerServices;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Stacks.Removal;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy destroy --target aws`</summary>
internal static class AwsDestroy
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            DestroyCommand.RequireConfirmed(parse, name);
            var removal = new ApplicationRemoval(
                session, new StackProgress(context.Progress), AwsAccess.Holder(context), context.Clock, context.Surroundings.Random)
            {
                Images = parse.GetValue(DestroyCommand.DeleteImages),
                Data = parse.GetValue(DestroyCommand.DeleteData),
            };
            return await Interrupted.TellAsync(
                async () =>
                {
                    await EndDeploymentAsync(name, session, context);
                    return await RunAsync(name, removal, context);
                },
                () => removal.UnderWay,
                "run the same command again: it goes on from there",
                context);
        }
    }

    /// <summary>A deployment that goes on would change what is being deleted.</summary>
    private static async Task EndDeploymentAsync(string name, AwsSession session, CommandContext context)
    {
        if (await StandingApplication.FindAsync(session, name, context.Stop) is not { } standing
            || standing[StackOutputs.DeploymentApplication] is not { } application || standing[StackOutputs.DeploymentGroup] is not { } group)
        {
            return;
        }

        await foreach (var id in UnderWayAsync(application, group, session, context.Stop))
        {
            context.Progress.State($"deployment {id} is under way: stopping it", Tone.Warning);
            using var heartbeat = context.Progress.Heartbeat(() => $"waiting for deployment {id} to stop");
            var stopping = new DeploymentStopping(session, context.Clock, note => context.Progress.State(note));
            if (await stopping.StopAndFollowAsync(id, context.Stop) is { } trouble)
            {
                context.Progress.State($"{trouble}; deleting all the same", Tone.Warning);
            }
        }
    }

    private static async IAsyncEnumerable<string> UnderWayAsync(string application, string group, AwsSession session, [EnumeratorCancellation] CancellationToken stop)
    {
        var request = new ListDeploymentsRequest { ApplicationName = application, DeploymentGroupName = group, IncludeOnlyStatuses = [.. CodeDeployStatus.Active] };
        ListDeploymentsResponse found;
        try
        {
            found = await session.CodeDeploy.ListDeploymentsAsync(request, stop);
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            // An earlier run came this far.
            yield break;
        }

        foreach (var id in found.Deployments)
        {
            yield return id;
        }
    }

    private static async Task<ExitCode> RunAsync(string name, ApplicationRemoval removal, CommandContext context)
    {
        using var heartbeat = context.Progress.Heartbeat(() => removal.Waiting);
        var removed = await removal.RunAsync(name, context.Stop);
        var document = new DestroyedStacksDocument(name, removed.Deleted, [.. removed.Kept.Select(kept => new KeptThing(kept.What, kept.Remedy))]);
        context.Results.Write("destroyed-stacks", document, AwsDocuments.Default.DestroyedStacksDocument, (text, _) =>
        {
            text.WriteLine(document.Deleted.IsEmpty ? $"{name}: nothing to delete" : $"{name} is gone: {string.Join(", ", document.Deleted)}");
            foreach (var kept in document.Kept)
            {
                text.WriteLine($"kept: {kept.What}; {kept.Remedy}");
            }
        });
        return ExitCode.Done;
    }
}
