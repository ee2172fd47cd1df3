using System.CommandLine;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Training;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>`mldeploy train up`: the stack, then the data.</summary>
internal static class TrainingUp
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var rendering = await Rendering.ForAsync(access.Usable, access.Session, context, lint: true);
        var provisioner = new StackProvisioner(
            access.Session.CloudFormation,
            new StackProgress(context.Progress),
            new ProvisioningOptions { Holder = AwsAccess.Holder(context), Keep = parse.GetValue(TrainCommand.Keep), Schemas = SchemaTable.CreateOnly },
            context.Clock,
            context.Surroundings.Random);
        return await Interrupted.TellAsync(
            () => RunAsync(access, rendering, provisioner, context), () => provisioner.UnderWay, "`mldeploy train up` goes on from there, `mldeploy train down` removes it", context);
    }

    private static async Task<ExitCode> RunAsync(TrainingAccess access, Rendering rendering, StackProvisioner provisioner, CommandContext context)
    {
        ProvisionedStack stack;
        using (context.Progress.Heartbeat(() => provisioner.Waiting))
        {
            stack = await provisioner.ProvisionAsync(StackNames.Of(access.Manifest.Name, StackKind.Training), _ => Task.FromResult(rendering.Wanted(StackKind.Training)), context.Stop);
        }

        var place = TrainingPlace.Of(access.Manifest.Name, stack.Stack);
        var data = TrainingUploads.Entry(await TrainingUploads.DataAsync(access, place, context));
        var document = new TrainingDocument(access.Manifest.Name, stack.Result, place.Bucket, place.Notebook, Notebooks.Console(access.Session.Region, place.Notebook), access.Settings.Schedule, data);
        context.Results.Write("training", document, TrainingDocuments.Default.TrainingDocument, (text, palette) => Write(document, text, palette));
        return ExitCode.Done;
    }

    private static void Write(TrainingDocument document, TextWriter text, Palette palette)
    {
        text.WriteLine($"{palette.Paint(Tone.Strong, document.Application)}  training infrastructure {document.Stack.ToString().ToLowerInvariant()}");
        text.WriteLine($"bucket: s3://{document.Bucket}");
        TrainingUploads.Write("data", document.Data, document.Bucket, text);
        text.WriteLine($"notebook: {document.Notebook}, {document.Console}");
        if (document.Schedule is { } schedule)
        {
            text.WriteLine($"retraining: {schedule}, with the code of the last `mldeploy train upload --script`");
        }
    }
}
