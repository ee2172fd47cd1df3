using System.Collections.Immutable;
using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy provision --target aws`: registry, image, application.</summary>
internal sealed class AwsProvision
{
    private readonly UsableManifest usable;
    private readonly AppManifest manifest;
    private readonly CommandContext context;
    private readonly AwsSession session;
    private readonly Rendering rendering;
    private readonly StackProvisioner provisioner;

    private AwsProvision(UsableManifest usable, CommandContext context, AwsSession session, Rendering rendering, bool keep)
    {
        this.usable = usable;
        manifest = usable.Manifest;
        this.context = context;
        this.session = session;
        this.rendering = rendering;
        var progress = new StackProgress(context.Progress);
        provisioner = new StackProvisioner(
            session.CloudFormation,
            progress,
            new ProvisioningOptions
            {
                Holder = AwsAccess.Holder(context),
                Keep = keep,
                Schemas = SchemaTable.CreateOnly,
                Start = new ServiceStart(session, manifest.Application.Health.StartWithin, progress, context.Clock),
            },
            context.Clock,
            context.Surroundings.Random);
    }

    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var usable = await AwsAccess.ManifestAsync(parse, context);
        using var session = await AwsAccess.OpenAsync(usable.Manifest.Targets.Aws, context);
        var rendering = await Rendering.ForAsync(usable, session, context, lint: true);
        var provision = new AwsProvision(usable, context, session, rendering, parse.GetValue(ProvisionCommand.Keep));
        return await Interrupted.TellAsync(provision.RunAsync, () => provision.provisioner.UnderWay, "`mldeploy provision --target aws` goes on from there, `mldeploy destroy --target aws` removes it", context);
    }

    private async Task<ExitCode> RunAsync()
    {
        using var heartbeat = context.Progress.Heartbeat(() => provisioner.Waiting);
        var registry = await provisioner.ProvisionAsync(
            StackNames.Of(manifest.Name, StackKind.Registry), _ => Task.FromResult(rendering.Wanted(StackKind.Registry)), context.Stop);
        var application = await provisioner.ProvisionAsync(
            StackNames.Of(manifest.Name, StackKind.Application), stop => ApplicationAsync(registry, stop), context.Stop);
        Write([(StackKind.Registry, registry), (StackKind.Application, application)]);
        return ExitCode.Done;
    }

    /// <summary>The live target group is read just before the template is sent; an image is needed for the first tasks only.</summary>
    private async Task<WantedStack> ApplicationAsync(ProvisionedStack registry, CancellationToken stop)
    {
        var stack = await session.CloudFormation.FindStackAsync(StackNames.Of(manifest.Name, StackKind.Application), stop);
        if (stack is not null && StackStates.Of(stack.StackStatus) == StackState.Settled)
        {
            return rendering.Wanted(StackKind.Application, await LiveTraffic.ReadAsync(session.ElasticLoadBalancing, stack, stop));
        }

        return rendering.Wanted(StackKind.Application, image: await FirstImage.DeliverAsync(manifest, usable.Folder, registry, session, context, stop));
    }

    private void Write(ImmutableArray<(StackKind Kind, ProvisionedStack Stack)> stacks)
    {
        var document = new ProvisionedDocument(manifest.Name, TargetChoice.Aws, [.. stacks.Select(stack => new ProvisionedEntry(
            StackNames.Word(stack.Kind),
            stack.Stack.Plan.Name,
            stack.Stack.Result,
            Outputs(stack.Stack)))]);
        context.Results.Write("provisioned", document, AwsDocuments.Default.ProvisionedDocument, (text, palette) => Write(document, text, palette));
    }

    private static ImmutableSortedDictionary<string, string> Outputs(ProvisionedStack stack) => stack.Stack.Outputs
        .Where(output => output is { OutputKey: not null, OutputValue: not null })
        .ToImmutableSortedDictionary(output => output.OutputKey!, output => output.OutputValue!, StringComparer.Ordinal);

    private static void Write(ProvisionedDocument document, TextWriter text, Palette palette)
    {
        text.WriteLine(document.Stacks.All(stack => stack.Result == StackResult.Unchanged)
            ? $"{document.Application}: nothing to do"
            : $"{document.Application}: {string.Join(", ", document.Stacks.Select(stack => $"{stack.Kind} {stack.Result.ToString().ToLowerInvariant()}"))}");
        if (document.Stacks.Select(stack => stack.Outputs.GetValueOrDefault(StackOutputs.Url)).FirstOrDefault(url => url is not null) is { } url)
        {
            text.WriteLine(palette.Paint(Tone.Strong, url));
        }
    }
}
