using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy status`</summary>
internal static class StatusCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "status", "Versions, weights, health and availability; without a manifest, of all applications.", RunAsync) { OnAws = AwsStatusCommand.RunAsync }
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var statuses = await Applications.AskAsync(parse, context, (client, name) => client.StatusAsync(name, context.Stop));
        context.Results.Write("status", new StatusDocument(statuses), LocalDocuments.Default.StatusDocument, (text, palette) => StatusText.Write(statuses, text, palette, context.Clock));
        return ExitCode.Done;
    }
}
