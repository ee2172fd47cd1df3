using System.CommandLine;
using MlDeploy.Aws.Clients.SageMaker;
using MlDeploy.Aws.Stacks.Removal;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>`mldeploy train down`</summary>
internal static class TrainingDown
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        TrainCommand.RefuseLocal(parse, context);
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            if (parse.GetValue(TrainCommand.Confirm) != name)
            {
                throw new ExpectedException(ExitCode.Usage, $"--confirm says {parse.GetValue(TrainCommand.Confirm)}, but the application is {name}", $"write --confirm {name} if that one is meant");
            }

            await foreach (var job in session.SageMaker.TrainingJobsAsync(new ListTrainingJobsRequest { NameContains = name + "-", StatusEquals = "InProgress" }, context.Stop))
            {
                context.Progress.State($"job {job.TrainingJobName} runs and goes on; without its role it may fail: `mldeploy train stop {job.TrainingJobName}` before", Tone.Warning);
            }

            var removal = new ApplicationRemoval(session, new StackProgress(context.Progress), AwsAccess.Holder(context), context.Clock, context.Surroundings.Random)
            {
                Data = parse.GetValue(TrainCommand.DeleteData),
            };
            return await Interrupted.TellAsync(() => RunAsync(name, removal, context), () => removal.UnderWay, "run the same command again: it goes on from there", context);
        }
    }

    private static async Task<ExitCode> RunAsync(string name, ApplicationRemoval removal, CommandContext context)
    {
        using var heartbeat = context.Progress.Heartbeat(() => removal.Waiting);
        var removed = await removal.RunTrainingAsync(name, context.Stop);
        var document = new TrainingRemovedDocument(name, removed.Deleted, [.. removed.Kept.Select(kept => new KeptThing(kept.What, $"`mldeploy train down --confirm {name} --delete-data` deletes it"))]);
        context.Results.Write("training-removed", document, TrainingDocuments.Default.TrainingRemovedDocument, (text, _) =>
        {
            text.WriteLine(document.Deleted.IsEmpty ? $"{name}: nothing to delete" : $"training of {name} is gone: {string.Join(", ", document.Deleted)}");
            foreach (var kept in document.Kept)
            {
                text.WriteLine($"kept: {kept.What}; {kept.Remedy}");
            }
        });
        return ExitCode.Done;
    }
}
