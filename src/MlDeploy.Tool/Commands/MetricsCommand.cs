using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Control;
using MlDeploy.Local.Hosting;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy metrics`</summary>
internal static class MetricsCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "metrics", "The metrics of each version that runs, in OpenMetrics text or JSON.", RunAsync)
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var names = await Applications.NamesAsync(parse, context);
        foreach (var name in names)
        {
            LocalTarget.Existing(context, name);
        }

        using var client = await HostStarter.ConnectAsync(LocalTarget.Environment(context), context.Stop);
        var metrics = ImmutableArray.CreateBuilder<ApplicationMetrics>();
        foreach (var name in names)
        {
            metrics.Add(await client.MetricsAsync(name, context.Stop));
        }

        context.Results.Write("metrics", new MetricsDocument(metrics.ToImmutable()), LocalDocuments.Default.MetricsDocument, (text, _) => OpenMetrics.Write(metrics, text));
        return ExitCode.Done;
    }
}
