using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy destroy`</summary>
internal static class DestroyCommand
{
    private static readonly Option<string> Confirm = new("--confirm")
    {
        Description = "The application's name, as proof that this one is meant.",
        HelpName = "NAME",
        Required = true,
    };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Deploy, "destroy", "Stop and remove every version of the application, and its state.", RunAsync)
        {
            Examples = ["mldeploy destroy --confirm fraud-scoring"],
        }.With([Confirm, .. options.Running]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var name = await Applications.NameAsync(parse, context);
        if (parse.GetValue(Confirm) != name)
        {
            throw new ExpectedException(ExitCode.Usage, $"--confirm says {parse.GetValue(Confirm)}, but the application is {name}", $"write --confirm {name} if that one is meant");
        }

        LocalTarget.Existing(context, name);
        using var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop);
        context.Progress.State($"ending {name}: requests under way may finish", Tone.Plain);
        await client.DestroyAsync(name, CancellationToken.None);
        context.Results.Write("destroyed", new DestroyedDocument(name), LocalDocuments.Default.DestroyedDocument, (text, _) => text.WriteLine($"{name} is gone: its versions, their logs, its history and its state"));
        return ExitCode.Done;
    }
}
