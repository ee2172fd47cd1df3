using System.Collections.Immutable;
using MlDeploy.Core.Probing;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Hosting;

/// <summary>Everything ambient that the host uses, named once at the composition root.</summary>
/// <param name="Random">Makes seeds; each user of randomness gets its own generator.</param>
/// <param name="Commands">Runs tests and metrics that are commands.</param>
/// <param name="ForHost">The environment a host started from here gets: no secrets, nothing a pipeline marks its processes with.</param>
public sealed record HostEnvironment(
    StatePaths Paths,
    TimeProvider Clock,
    Random Random,
    HostLog Log,
    SelfCommand Self,
    ICommandRunner Commands,
    ImmutableSortedDictionary<string, string> ForHost);
