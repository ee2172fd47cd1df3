using System.CommandLine;
using MlDeploy.Aws.Stacks.Removal;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

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
            return await Interrupted.TellAsync(() => RunAsync(name, removal, context), () => removal.UnderWay, "run the same command again: it goes on from there", context);
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
