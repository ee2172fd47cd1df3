using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime.CredentialManagement;

namespace MlDeploy.Aws.Clients.Opening;

/// <summary>The region: asked for, else of the environment, else of the profile, as the official tools look it up.</summary>
internal static partial class RegionLookup
{
    public static RegionEndpoint Find(AwsSessionOptions options)
    {
        var name = NotEmpty(options.Region) ?? NotEmpty(options.Variable("AWS_REGION")) ?? NotEmpty(options.Variable("AWS_DEFAULT_REGION"));
        if (name is null)
        {
            return OfProfile(options) ?? throw SessionProblems.NoRegion();
        }

        // A region newer than the SDK is taken by its form; a form like no region's is a mistake.
        return RegionEndpoint.EnumerableAllRegions.FirstOrDefault(region => region.SystemName == name)
            ?? (Form().IsMatch(name) ? RegionEndpoint.GetBySystemName(name) : throw SessionProblems.BadRegion(name));
    }

    private static RegionEndpoint? OfProfile(AwsSessionOptions options) =>
        new CredentialProfileStoreChain(NotEmpty(options.Variable("AWS_SHARED_CREDENTIALS_FILE")))
            .TryGetProfile(NotEmpty(options.Variable("AWS_PROFILE")) ?? "default", out var profile)
            ? profile.Region
            : null;

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex("^[a-z]{2,3}(-[a-z]+){1,3}-[0-9]{1,2}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
