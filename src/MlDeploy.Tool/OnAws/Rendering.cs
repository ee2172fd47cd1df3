using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws;

/// <summary>The stacks of a manifest with the facts of one account and region, checked once.</summary>
internal sealed record Rendering(AppManifest Manifest, RenderFacts Facts)
{
    /// <summary>`provision` makes these; training comes and goes with `mldeploy train`.</summary>
    public static readonly ImmutableArray<StackKind> Provisioned = [StackKind.Registry, StackKind.Application];

    /// <param name="lint">Also by cfn-lint, where it is installed: before something is sent.</param>
    /// <exception cref="ManifestRejectedException">Something would be refused.</exception>
    public static async Task<Rendering> ForAsync(UsableManifest usable, AwsSession session, CommandContext context, bool lint = false)
    {
        var caller = await session.CallerAsync(context.Stop);
        return await ForAsync(usable, new RenderFacts { Region = session.Region, Account = caller.Account, Partition = session.Partition }, context, lint);
    }

    public static async Task<Rendering> ForAsync(UsableManifest usable, RenderFacts facts, CommandContext context, bool lint = false)
    {
        facts = facts with { CustomTemplates = await CustomTemplates.ReadAsync(usable.Manifest.Targets.Aws!.Template, context.Stop) };
        await AwsTemplates.RenderAsync(usable.Manifest, usable.Origins, facts, context, lint);
        return new Rendering(usable.Manifest, facts);
    }

    public ImmutableArray<RenderedStack> Stacks() => StackRenderer.Render(Manifest, Facts);

    public WantedStack Wanted(StackKind kind, LiveTraffic? traffic = null, string? image = null)
    {
        var facts = Facts with { LiveTargetGroup = traffic?.Live, Image = image };
        return WantedStack.From(StackRenderer.Render(Manifest, facts).Single(stack => stack.Kind == kind)) with { TrafficIsMoving = traffic?.IsMoving == true };
    }
}
