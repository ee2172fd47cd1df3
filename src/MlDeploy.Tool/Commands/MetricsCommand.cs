using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy metrics`</summary>
internal static class MetricsCommand
{
    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Watch, "metrics", "The metrics of each version that runs: in OpenMetrics text or JSON, on aws as a table or JSON.", RunAsync) { OnAws = AwsMetricsCommand.RunAsync }
            .With(options.Running);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var metrics = await Applications.AskAsync(parse, context, (client, name) => client.MetricsAsync(name, context.Stop));
        context.Results.Write("metrics", new MetricsDocument(metrics), LocalDocuments.Default.MetricsDocument, (text, _) => OpenMetrics.Write(metrics, text));
        return ExitCode.Done;
    }
}
