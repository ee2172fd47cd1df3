using Amazon.Runtime;
using MlDeploy.Aws.Clients.Sts;

namespace MlDeploy.Aws.Clients.Opening;

/// <summary>Credentials of a role, renewed before they expire.</summary>
internal sealed class AssumedRole : RefreshingAWSCredentials
{
    private readonly StsClient sts;
    private readonly string roleArn;

    public AssumedRole(StsClient sts, string roleArn)
    {
        this.sts = sts;
        this.roleArn = roleArn;
        PreemptExpiryTime = TimeSpan.FromMinutes(5);
    }

    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var answer = await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = roleArn, RoleSessionName = "mldeploy" }, CancellationToken.None);
        var given = answer.Credentials;
        return new CredentialsRefreshState(new ImmutableCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken), given.Expiration.UtcDateTime);
    }
}
