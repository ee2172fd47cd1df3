using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying;
using MlDeploy.Aws.Deploying.Versions;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Application;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy deploy --target aws`: image, task definition, and the rollout that CodeDeploy carries out.</summary>
internal static class AwsDeploy
{
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var usable = await AwsAccess.ManifestAsync(parse, context);
        var manifest = usable.Manifest;
        RefuseUnjudged(manifest);
        using var session = await AwsAccess.OpenAsync(manifest.Targets.Aws, context);
        var application = await AwsApplication.FindAsync(session, manifest.Name, context.Stop);
        var rendering = await Rendering.ForAsync(usable, session, context);
        var image = await ImageAsync(usable, session, context);
        var running = await application.RunningAsync(session, context);
        var order = running is null
            ? await BeginAsync(rendering, application, image, session, context)
            : await AdoptAsync(running, manifest, application, image, session, context);
        await using var run = new AwsDeploymentRun(session, application.Place, application.Standing[StackOutputs.Dashboard], order, usable.Folder, context);
        return await run.RunAsync();
    }

    public static string? Git(CommandContext context) =>
        context.Surroundings.Variable("GITHUB_SHA") ?? context.Surroundings.Variable("CI_COMMIT_SHA") ?? context.Surroundings.Variable("bamboo_planRepository_revision");

    private static async Task<CandidateOrder> BeginAsync(Rendering rendering, AwsApplication application, string image, AwsSession session, CommandContext context)
    {
        var manifest = rendering.Manifest;
        var (_, stable) = await application.StableAsync(session, null, context.Stop);
        var deployer = Deployer.From(context);
        var facts = rendering.Facts with { Image = image };
        var stack = StackRenderer.Render(manifest, facts).Single(stack => stack.Kind == StackKind.Application);
        var outputs = application.Standing.Stack.Outputs.Where(output => output is { OutputKey: not null, OutputValue: not null })
            .ToDictionary(output => output.OutputKey!, output => output.OutputValue!, StringComparer.Ordinal);
        var candidate = DeployedVersion.Identify(manifest.Version, image);
        var tags = stack.Tags.SetItems(DeployedVersion.Tags(manifest, deployer.Holder, deployer.RunUrl, Git(context)));
        return new CandidateOrder
        {
            Manifest = manifest,
            Plan = AwsRolloutPlan.For(manifest.Rollout),
            Stable = stable,
            Candidate = candidate,
            TrainedAt = manifest.Model?.TrainedAt,
            Definition = LogStreams.Named(CandidateDefinition.Of(TaskDefinitionRequest.Of(stack, outputs, facts), CandidateDefinition.Family(manifest.Name, stable.Family), tags), manifest.Name, candidate),
            Container = LogicalIds.Container,
            Port = manifest.Application.Port,
            Holder = deployer.Holder,
            RunUrl = deployer.RunUrl,
        };
    }

    /// <summary>Goes on with a deployment whose runner is gone, when it is of this very version; else it holds the lease.</summary>
    private static async Task<CandidateOrder> AdoptAsync(RunningDeployment running, AppManifest manifest, AwsApplication application, string image, AwsSession session, CommandContext context)
    {
        if (running.IsJudged || running.Heartbeat is null || running.TaskDefinition is not { } definition)
        {
            throw running.Held(manifest.Name);
        }

        var candidate = await DeployedVersion.ReadAsync(session.Ecs, definition, context.Stop);
        if (candidate?.Image != image || candidate.Label != manifest.Version)
        {
            throw new ExpectedException(
                ExitCode.LeaseHeld,
                $"{running.Held(manifest.Name).Message}: its runner is gone, and it deploys {candidate?.Id ?? definition}, not {DeployedVersion.Identify(manifest.Version, image)}",
                "CodeDeploy rolls it back within 3 minutes by itself: deploy again then; or end it now with `mldeploy abort --target aws`");
        }

        var (serving, stable) = await application.StableAsync(session, running, context.Stop);
        var deployer = Deployer.From(context);
        var weight = serving.With(definition)?.Weight ?? 0;
        var plan = AwsRolloutPlan.For(manifest.Rollout);
        return new CandidateOrder
        {
            Manifest = manifest,
            Plan = weight > 0 ? AwsRolloutPlan.Remaining(plan, weight, await LeftAsync(running, manifest.Rollout, session, context)) : plan,
            Stable = stable,
            Candidate = candidate.Id,
            TrainedAt = candidate.TrainedAt,
            TaskDefinition = definition,
            Container = LogicalIds.Container,
            Port = manifest.Application.Port,
            Holder = deployer.Holder,
            RunUrl = deployer.RunUrl,
            Adopted = running,
        };
    }

    private static async Task<TimeSpan> LeftAsync(RunningDeployment running, RolloutSettings rollout, AwsSession session, CommandContext context) =>
        await CodeDeployClock.ShiftBeganAsync(session.CodeDeploy, running.Info.DeploymentId, context.Stop) is { } began
            ? CodeDeployClock.UntilNextShift(began, TimeSpan.FromMinutes(DeploymentShape.Of(rollout).Minutes), context.Clock.GetUtcNow())
            : TimeSpan.Zero;

    private static async Task<string> ImageAsync(UsableManifest usable, AwsSession session, CommandContext context)
    {
        var name = StackNames.Of(usable.Manifest.Name, StackKind.Registry);
        var registry = await session.CloudFormation.FindStackAsync(name, context.Stop) ?? throw AwsAccess.NotProvisioned(usable.Manifest.Name, name);
        var repository = registry.Outputs.FirstOrDefault(output => output.OutputKey == StackOutputs.RepositoryUri)?.OutputValue
            ?? throw new ExpectedException(ExitCode.TargetFailed, $"stack {name} tells of no repository", $"a registry template of your own has the output {StackOutputs.RepositoryUri}");
        return await ApplicationImage.DeliverAsync(usable.Manifest, usable.Folder, repository, session, context, context.Stop);
    }

    /// <summary>A gate that nothing measures would be ignored in silence.</summary>
    private static void RefuseUnjudged(AppManifest manifest)
    {
        var unbuilt = manifest.Rollout.Gates.Where(gate => MetricCatalog.Find(gate.Metric) is not { Built: true }).Select(gate => gate.Id).ToArray();
        if (unbuilt.Length > 0)
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"the {(unbuilt.Length == 1 ? "gate" : "gates")} {string.Join(", ", unbuilt)} cannot be judged on the target aws yet",
                manifest.Rollout.GatesAreDefaults ? "list the gates you want under rollout.gates, or remove model.profile until then" : "remove them from rollout.gates until then");
        }
    }
}
