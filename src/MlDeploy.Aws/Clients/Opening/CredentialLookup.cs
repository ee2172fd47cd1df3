using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace MlDeploy.Aws.Clients.Opening;

/// <param name="Source">How they were found, in words: "the environment", "profile build".</param>
internal sealed record FoundCredentials(AWSCredentials Credentials, string Source);

/// <summary>
/// Credentials as the official tools find them. The keys and the profile that the environment names are read from the
/// injected environment; the rest of the chain (web identity, container, instance) is the SDK's own.
/// </summary>
internal static class CredentialLookup
{
    private const string KeyId = "AWS_ACCESS_KEY_ID";
    private const string Secret = "AWS_SECRET_ACCESS_KEY";

    public static FoundCredentials Find(AwsSessionOptions options)
    {
        var (keyId, secret) = (NotEmpty(options.Variable(KeyId)), NotEmpty(options.Variable(Secret)));
        if (keyId is not null || secret is not null)
        {
            return new FoundCredentials(
                FromKeys(
                    keyId ?? throw SessionProblems.HalfAKey(Secret, KeyId),
                    secret ?? throw SessionProblems.HalfAKey(KeyId, Secret),
                    NotEmpty(options.Variable("AWS_SESSION_TOKEN"))),
                "the environment");
        }

        if (NotEmpty(options.Variable("AWS_PROFILE")) is { } profile)
        {
            return new CredentialProfileStoreChain(NotEmpty(options.Variable("AWS_SHARED_CREDENTIALS_FILE"))).TryGetAWSCredentials(profile, out var ofProfile)
                ? new FoundCredentials(ofProfile, $"profile {profile}")
                : throw SessionProblems.NoProfile(profile);
        }

        return FromChain(options);
    }

    private static AWSCredentials FromKeys(string keyId, string secret, string? token) =>
        token is null ? new BasicAWSCredentials(keyId, secret) : new SessionAWSCredentials(keyId, secret, token);

    private static FoundCredentials FromChain(AwsSessionOptions options)
    {
        try
        {
            var found = options.DefaultChain is { } chain ? chain() : DefaultAWSCredentialsIdentityResolver.GetCredentials(clientConfig: null);
            return new FoundCredentials(found, Describe(found));
        }
        catch (AmazonClientException none)
        {
            throw SessionProblems.NoCredentials("neither keys nor a profile in the environment, no web identity, no container or instance role", none);
        }
    }

    private static string Describe(AWSCredentials credentials) => credentials switch
    {
        AssumeRoleWithWebIdentityCredentials => "web identity (OpenID Connect)",
        InstanceProfileAWSCredentials => "the instance's role",
        GenericContainerCredentials => "the container's role",
        SSOAWSCredentials => "single sign-on",
        _ => credentials.GetType().Name,
    };

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
