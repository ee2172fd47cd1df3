using System.Text.RegularExpressions;

namespace MlDeploy.Aws.Templates.Application;

/// <summary>Where an image lies, as far as permissions depend on it.</summary>
internal static partial class ImageSource
{
    /// <summary>The ARN of another repository of ECR than the application's own; null for that one, and for an image elsewhere, which needs no permission.</summary>
    public static string? ForeignRepository(string image, string application, RenderFacts facts)
    {
        if (EcrImage().Match(image) is not { Success: true } match)
        {
            return null;
        }

        var (account, region, name) = (match.Groups["account"].Value, match.Groups["region"].Value, match.Groups["name"].Value);
        var isOwn = string.Equals(name, application, StringComparison.Ordinal)
            && (facts.Account is null || string.Equals(facts.Account, account, StringComparison.Ordinal))
            && (facts.Region is null || string.Equals(facts.Region, region, StringComparison.Ordinal));
        return isOwn ? null : $"arn:{Partition(region)}:ecr:{region}:{account}:repository/{name}";
    }

    private static string Partition(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";

    [GeneratedRegex(@"^(?<account>[0-9]{12})\.dkr[.-]ecr(-fips)?\.(?<region>[a-z0-9-]+)\.[a-z.]+/(?<name>[a-z0-9._/-]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EcrImage();
}
