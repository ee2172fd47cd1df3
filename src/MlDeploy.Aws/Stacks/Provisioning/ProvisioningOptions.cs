using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>How stacks are to be changed.</summary>
public sealed record ProvisioningOptions
{
    public required StackHolder Holder { get; init; }

    /// <summary>Leaves a stack whose creation failed as it is, to be looked at.</summary>
    public bool Keep { get; init; }

    public PollPace Pace { get; init; } = PollPace.Default;

    /// <summary>Watches the first tasks of a service while it is created.</summary>
    public ServiceStart? Start { get; init; }

    public required Func<string, CreateOnlyProperties?> Schemas { get; init; }
}
