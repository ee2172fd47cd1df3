using System.Collections.Immutable;

namespace MlDeploy.Aws.Permissions;

/// <summary>What permissions are for; each purpose is one policy, within the size that IAM allows.</summary>
public enum Purpose
{
    /// <summary>Looking: every command needs it, and `plan`, `status`, `metrics`, `dashboard`, `logs` and `doctor` need no more.</summary>
    Read,

    /// <summary>Pushing images.</summary>
    Image,

    /// <summary>Stacks, and their resources beside those below: CloudFormation acts with the caller's permissions.</summary>
    Provision,

    /// <summary>Log group, topic, event rules, alarms, dashboard.</summary>
    Monitor,

    /// <summary>The application's own network; needless with one that exists.</summary>
    Network,

    /// <summary>Moving traffic to a new version, and back.</summary>
    Deploy,

    /// <summary>Training infrastructure, data and jobs.</summary>
    Train,

    /// <summary>Deleting what `destroy` keeps unless it is named.</summary>
    Destroy,
}

public static class Purposes
{
    public static ImmutableArray<Purpose> All { get; } = [.. Enum.GetValues<Purpose>()];

    /// <summary>What each command needs, by its name; commands that touch no account are not here.</summary>
    public static ImmutableSortedDictionary<string, ImmutableArray<Purpose>> OfCommands { get; } = new Dictionary<string, ImmutableArray<Purpose>>
    {
        ["abort"] = [Purpose.Read, Purpose.Deploy],
        ["dashboard"] = [Purpose.Read],
        ["deploy"] = [Purpose.Read, Purpose.Image, Purpose.Deploy],
        ["destroy"] = [Purpose.Read, Purpose.Provision, Purpose.Monitor, Purpose.Network, Purpose.Train, Purpose.Destroy],
        ["doctor"] = [Purpose.Read],
        ["history"] = [Purpose.Read],
        ["logs"] = [Purpose.Read],
        ["metrics"] = [Purpose.Read],
        ["plan"] = [Purpose.Read],
        ["promote"] = [Purpose.Read, Purpose.Deploy],
        ["provision"] = [Purpose.Read, Purpose.Image, Purpose.Provision, Purpose.Monitor, Purpose.Network],
        ["rollback"] = [Purpose.Read, Purpose.Deploy],
        ["status"] = [Purpose.Read],
        ["train"] = [Purpose.Read, Purpose.Provision, Purpose.Monitor, Purpose.Network, Purpose.Train],
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);
}
