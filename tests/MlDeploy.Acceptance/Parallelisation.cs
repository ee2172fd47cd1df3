// Most tests wait for steps to pass: three at a time leave the machine idle enough.
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace MlDeploy.Acceptance.Fixture;

/// <summary>Tests that put load on the machine or measure it: one after another, and nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
