using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy status`</summary>
internal static class StatusCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "status", "Versions, weights, health and availability; without a manifest, of all applications.", RunAsync)
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var names = await Applications.NamesAsync(parse, context);
        foreach (var name in names)
        {
            LocalTarget.Existing(context, name);
        }

        var statuses = ImmutableArray.CreateBuilder<ApplicationStatus>();
        if (names.Length > 0)
        {
            // Starts the host when it is gone: what it left is then taken up.
            using var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop);
            foreach (var name in names)
            {
                statuses.Add(await client.StatusAsync(name, context.Stop));
            }
        }

        context.Results.Write("status", new StatusDocument(statuses.ToImmutable()), LocalDocuments.Default.StatusDocument, (text, palette) => StatusText.Write(statuses, text, palette, context.Clock));
        return ExitCode.Done;
    }
}
