using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Traffic;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Stacks.Watching;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy/aws-metrics/v1`</summary>
/// <param name="Minutes">The span that the figures are of; it ended two minutes ago, when CloudWatch's figures have settled.</param>
internal sealed record AwsMetricsDocument(string Application, int Minutes, ImmutableArray<AwsMetric> Metrics);

/// <summary>`mldeploy metrics --target aws`</summary>
internal static class AwsMetricsCommand
{
    private const int Minutes = 5;

    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await StandingApplication.FindAsync(session, name, context.Stop) ?? throw AwsAccess.NotProvisioned(name, StackNames.Of(name, StackKind.Application));
            var metrics = await new MetricsReader(session, context.Clock).ReadAsync(application, TimeSpan.FromMinutes(Minutes), context.Stop);
            var document = new AwsMetricsDocument(name, Minutes, [.. metrics, .. await ModelAgeAsync(application, session, parse, context)]);
            context.Results.Write("aws-metrics", document, AwsDocuments.Default.AwsMetricsDocument, (text, palette) => Write(document, text, palette));
            return ExitCode.Done;
        }
    }

    /// <summary>Of the version that serves, as it tells; where it does not, of the manifest at hand.</summary>
    private static async Task<ImmutableArray<AwsMetric>> ModelAgeAsync(StandingApplication application, AwsSession session, ParseResult parse, CommandContext context)
    {
        if (DeploymentPlace.IsToldBy(application)
            && (await new TrafficReader(session, DeploymentPlace.Of(application)).ReadAsync(context.Stop)).Live.TaskDefinition is { } definition
            && await DeployedVersion.ReadAsync(session.Ecs, definition, context.Stop) is { TrainedAt: { } told })
        {
            return [Age(told, context)];
        }

        if (parse.GetValue(context.Options.Application) is not null)
        {
            return [];
        }

        var manifest = await ManifestFile.LoadAsync(parse, context);
        return manifest.Model?.TrainedAt is { } trained ? [Age(trained, context)] : [];
    }

    private static AwsMetric Age(DateTimeOffset trained, CommandContext context) => new("model.age", "service", "s", (context.Clock.GetUtcNow() - trained).TotalSeconds);

    private static void Write(AwsMetricsDocument document, TextWriter text, Palette palette)
    {
        text.WriteLine($"{palette.Paint(Tone.Strong, document.Application)}  {document.Minutes} minutes, settled (they ended two minutes ago)");
        var table = new Table("metric", ">blue", ">green", ">service");
        foreach (var metric in document.Metrics.GroupBy(metric => metric.Name))
        {
            table.Add(metric.Key, Cell(metric, "blue"), Cell(metric, "green"), Cell(metric, "service"));
        }

        table.Write(text, palette);
    }

    private static string? Cell(IEnumerable<AwsMetric> metrics, string arm) => metrics.FirstOrDefault(metric => metric.Arm == arm) is { Value: { } value } found
        ? found.Unit switch
        {
            "share" => Words.Percent(value),
            "s" when found.Name == "model.age" => Words.Of(TimeSpan.FromSeconds(Math.Round(value))),
            "s" => string.Create(CultureInfo.InvariantCulture, $"{value * 1000:0.#} ms"),
            "requests/min" => string.Create(CultureInfo.InvariantCulture, $"{value:0.#}/min"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}"),
        }
        : null;
}
