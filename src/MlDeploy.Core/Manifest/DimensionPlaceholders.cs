using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace MlDeploy.Core.Manifest;

/// <summary>What stands for an arm, or for a place, in the dimensions of a gate on CloudWatch: `{version}` becomes each arm's own.</summary>
public static partial class DimensionPlaceholders
{
    public const string TargetGroup = "targetGroup";
    public const string Family = "family";
    public const string Version = "version";
    public const string LoadBalancer = "loadBalancer";
    public const string Cluster = "cluster";
    public const string Service = "service";

    public static ImmutableArray<string> All { get; } = [TargetGroup, Family, Version, LoadBalancer, Cluster, Service];

    /// <summary>Those that differ between the arms.</summary>
    private static readonly ImmutableArray<string> OfAnArm = [TargetGroup, Family, Version];

    public static IEnumerable<string> In(string value) => Placeholder().Matches(value).Select(match => match.Groups["name"].Value);

    /// <summary>Whether candidate and stable have values of their own, so that they can be compared.</summary>
    public static bool TellArmsApart(Gate gate) => gate.Dimensions.Values.SelectMany(In).Any(name => OfAnArm.Contains(name, StringComparer.Ordinal));

    /// <param name="known">A placeholder's value; null when there is none.</param>
    /// <returns>Null when one of them has no value.</returns>
    public static string? Fill(string value, Func<string, string?> known)
    {
        var lacks = false;
        var filled = Placeholder().Replace(value, match =>
        {
            var found = known(match.Groups["name"].Value);
            lacks |= found is null;
            return found ?? "";
        });
        return lacks ? null : filled;
    }

    [GeneratedRegex(@"\{(?<name>[^{}]*)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
