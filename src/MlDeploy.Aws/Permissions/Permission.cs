using System.Collections.Immutable;

namespace MlDeploy.Aws.Permissions;

/// <summary>One statement of a policy, before it is known for whom.</summary>
/// <param name="Sid">Letters and digits; unique.</param>
/// <param name="Actions">As in `cloudformation:DescribeStacks`.</param>
/// <param name="Resources">ARNs with {name}, {region}, {account} and {partition}; `*` where IAM allows no less.</param>
internal sealed record Permission(Purpose Purpose, string Sid, ImmutableArray<string> Actions, ImmutableArray<string> Resources)
{
    /// <summary>Condition key → the values it may have, by StringEquals, or by StringLike where one has a wildcard.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Conditions { get; init; } = ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    public Permission When(string key, params string[] values) => this with { Conditions = Conditions.Add(key, [.. values]) };
}

/// <summary>For whom a policy is.</summary>
/// <param name="Name">The application's, as in the manifest.</param>
/// <param name="Account">Twelve digits.</param>
public sealed record PolicyScope(string Name, string Partition, string Region, string Account)
{
    internal string Fill(string pattern) => pattern
        .Replace("{name}", Name, StringComparison.Ordinal)
        .Replace("{partition}", Partition, StringComparison.Ordinal)
        .Replace("{region}", Region, StringComparison.Ordinal)
        .Replace("{account}", Account, StringComparison.Ordinal);
}
