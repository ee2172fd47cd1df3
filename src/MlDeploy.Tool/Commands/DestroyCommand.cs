using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy destroy`</summary>
internal static class DestroyCommand
{
    public static readonly Option<bool> DeleteImages = new("--delete-images") { Description = "aws: also the registry with all images." };
    public static readonly Option<bool> DeleteData = new("--delete-data") { Description = "aws: also the training data, all versions of it." };

    private static readonly Option<string> Confirm = new("--confirm")
    {
        Description = "The application's name, as proof that this one is meant.",
        HelpName = "NAME",
        Required = true,
    };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "destroy", "Stop and remove every version of the application, and its state.", RunAsync)
        {
            OnAws = AwsDestroy.RunAsync,
            OnlyOnAws = [DeleteImages, DeleteData],
            Examples = ["mldeploy destroy --confirm fraud-scoring", "mldeploy destroy --target aws --confirm fraud-scoring --delete-images"],
        }.With([Confirm, DeleteImages, DeleteData, .. options.Running]);

    /// <exception cref="ExpectedException">Another application is meant.</exception>
    public static void RequireConfirmed(ParseResult parse, string name)
    {
        if (parse.GetValue(Confirm) != name)
        {
            throw new ExpectedException(ExitCode.Usage, $"--confirm says {parse.GetValue(Confirm)}, but the application is {name}", $"write --confirm {name} if that one is meant");
        }
    }

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        RequireConfirmed(parse, name);
        LocalTarget.Existing(context, name);
        using var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop);
        context.Progress.State($"ending {name}: requests under way may finish", Tone.Plain);
        await client.DestroyAsync(name, CancellationToken.None);
        context.Results.Write("destroyed", new DestroyedDocument(name), LocalDocuments.Default.DestroyedDocument, (text, _) => text.WriteLine($"{name} is gone: its versions, their logs, its history and its state"));
        return ExitCode.Done;
    }
}
