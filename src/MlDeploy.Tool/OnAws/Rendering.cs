using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Stacks;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Tool.OnAws;

/// <summary>The stacks of a manifest with the facts of one account and region.</summary>
internal sealed record Rendering(AppManifest Manifest, RenderFacts Facts)
{
    /// <summary>`provision` makes these; training comes and goes with `mldeploy train`.</summary>
    public static readonly ImmutableArray<StackKind> Provisioned = [StackKind.Registry, StackKind.Application];

    public static async Task<Rendering> ForAsync(AppManifest manifest, AwsSession session, CancellationToken stop)
    {
        var caller = await session.CallerAsync(stop);
        return new Rendering(manifest, new RenderFacts { Region = session.Region, Account = caller.Account, Partition = session.Partition });
    }

    public ImmutableArray<RenderedStack> Stacks(Func<StackKind, bool> which) => [.. StackRenderer.Render(Manifest, Facts).Where(stack => which(stack.Kind))];

    public WantedStack Wanted(StackKind kind, LiveTraffic? traffic = null, string? image = null)
    {
        var facts = Facts with { LiveTargetGroup = traffic?.Live, Image = image };
        return WantedStack.From(StackRenderer.Render(Manifest, facts).Single(stack => stack.Kind == kind)) with { TrafficIsMoving = traffic?.IsMoving == true };
    }
}
