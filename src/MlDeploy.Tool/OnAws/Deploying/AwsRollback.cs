using System.CommandLine;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.History;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy rollback --target aws`: the earlier version's own task definition, all at once; or the end of what is under way.</summary>
internal static class AwsRollback
{
    private const int Back = 25;

    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var (name, session) = await AwsAccess.ApplicationAsync(parse, context);
        using (session)
        {
            var application = await AwsApplication.FindAsync(session, name, context.Stop);
            if (await application.RunningAsync(session, context) is { } running)
            {
                return parse.GetValue(RollbackCommand.To) is null ? await AwsSteering.AbortAsync(parse, context) : throw running.Held(name);
            }

            var (serving, stable) = await application.StableAsync(session, null, context.Stop);

            // A rollback of CodeDeploy's own that failed leaves traffic at both: what serves most of it is no answer yet.
            var wanted = await WantedAsync(parse.GetValue(RollbackCommand.To), application, serving.IsSplit ? null : stable, session, context);
            await using var run = new AwsDeploymentRun(session, application.Place, application.Standing[StackOutputs.Dashboard], await OrderAsync(wanted, stable, application, session, context), context.Surroundings.WorkingDirectory, context);
            return await run.RunAsync();
        }
    }

    /// <param name="stable">What serves all traffic, and so is not gone back to; null when nothing does.</param>
    private static async Task<DeployedVersion> WantedAsync(string? to, AwsApplication application, DeployedVersion? stable, AwsSession session, CommandContext context)
    {
        var known = new List<DeployedVersion>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (stable is not null)
        {
            seen.Add(stable.TaskDefinition);
        }

        var history = await new HistoryReader(session, application.Place).ReadAsync(Back, context.Stop);
        foreach (var entry in history.Where(entry => entry.TaskDefinition is not null))
        {
            if (seen.Add(entry.TaskDefinition!) && entry.Outcome == "promoted" && await DeployedVersion.ReadAsync(session.Ecs, entry.TaskDefinition!, context.Stop) is { } version)
            {
                known.Add(version);
            }
        }

        // What `provision` began with was never deployed by CodeDeploy.
        await foreach (var first in session.Ecs.TaskDefinitionsAsync(new ListTaskDefinitionsRequest { FamilyPrefix = $"{application.Place.Application}-a", Sort = "ASC", Status = "ACTIVE" }, context.Stop))
        {
            if (seen.Add(first) && await DeployedVersion.ReadAsync(session.Ecs, first, context.Stop) is { Label: null } version)
            {
                known.Add(version);
                break;
            }
        }

        var found = to is null ? known.FirstOrDefault() : known.Find(version => version.Id == to || version.Label == to || version.Revision == to);
        return found ?? throw new ExpectedException(
            ExitCode.Usage,
            Missing(to, stable, application.Place.Application),
            known.Count == 0 ? "`mldeploy deploy --target aws` brings any version" : $"choose one of {string.Join(", ", known.Select(version => version.Id))}");
    }

    private static string Missing(string? to, DeployedVersion? stable, string application) =>
        to is null ? $"no version of {application} served before{(stable is null ? "" : $" {stable.Id}")}"
        : to == stable?.Id || to == stable?.Label ? $"{to} serves already"
        : $"{application} has no earlier version {to}";

    private static async Task<CandidateOrder> OrderAsync(DeployedVersion wanted, DeployedVersion stable, AwsApplication application, AwsSession session, CommandContext context)
    {
        var name = application.Place.Application;
        var definition = (await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = wanted.TaskDefinition, Include = ["TAGS"] }, context.Stop)).TaskDefinition;
        var containers = (definition["containerDefinitions"] as JsonArray ?? []).OfType<JsonObject>().ToArray();
        var container = containers.FirstOrDefault(entry => $"{entry["name"]}" == LogicalIds.Container) ?? containers.FirstOrDefault();
        var manifest = Manifest(name, wanted.Label ?? wanted.Revision.Replace(':', '.'), wanted.Image ?? "unknown");
        var deployer = Deployer.From(context);
        var sameFamily = wanted.Family == stable.Family;
        return new CandidateOrder
        {
            Manifest = manifest,
            Plan = AwsRolloutPlan.For(manifest.Rollout),
            Stable = stable,
            Candidate = wanted.Id,
            TrainedAt = wanted.TrainedAt,
            DespiteAlarms = true,

            // Families alternate: the arms of one family could not be told apart.
            TaskDefinition = sameFamily ? null : wanted.TaskDefinition,
            Definition = sameFamily ? RegisteredAgain.Of(definition, CandidateDefinition.Family(name, stable.Family), wanted, name) : null,
            Container = container?["name"]?.ToString() ?? LogicalIds.Container,
            Port = container?["portMappings"]?[0]?["containerPort"]?.GetValue<int>() ?? manifest.Application.Port,
            Holder = deployer.Holder,
            RunUrl = deployer.RunUrl,
        };
    }

    /// <summary>A rollback is not judged: it goes to what has served, at once, as soon as that is healthy.</summary>
    private static AppManifest Manifest(string name, string version, string image)
    {
        var text = new JsonObject
        {
            ["apiVersion"] = "mldeploy/v1",
            ["name"] = name,
            ["version"] = version,
            ["application"] = new JsonObject { ["image"] = image },
            ["rollout"] = new JsonObject { ["strategy"] = "all-at-once" },
            ["targets"] = new JsonObject { ["aws"] = new JsonObject() },
        }.ToJsonString();
        var read = ManifestReader.ReadCanonical(text);
        return read.Manifest ?? throw new ExpectedException(ExitCode.TargetFailed, $"version {version} cannot be described: {string.Join("; ", read.Problems.Select(problem => problem.Message))}", "deploy it from its manifest instead");
    }
}
