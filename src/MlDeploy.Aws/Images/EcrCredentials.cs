using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using MlDeploy.Aws.Clients.Ecr;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images;

/// <summary>
/// ECR, by a token of the account; other registries by what <paramref name="others"/> knows. The registry is reached where the
/// token says, so that an endpoint put in ECR's place (AWS_ENDPOINT_URL) brings its registry along; images keep their real names.
/// </summary>
/// <remarks>ECR is asked once at most, and only for an image of ECR.</remarks>
public sealed partial class EcrCredentials(EcrClient ecr, IRegistryCredentials others) : IRegistryCredentials, IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private RegistryAccess? access;

    public async Task<RegistryAccess?> FindAsync(string host, CancellationToken cancel)
    {
        if (!IsEcr(host))
        {
            return await others.FindAsync(host, cancel);
        }

        await gate.WaitAsync(cancel);
        try
        {
            access ??= Read((await ecr.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest(), cancel)).AuthorizationData);
        }
        finally
        {
            gate.Release();
        }

        // A token is good for every registry its holder may use in the region; its endpoint is the own account's.
        return access.Endpoint.Host == host || !IsEcr(access.Endpoint.Host) ? access : access with { Endpoint = new Uri($"https://{host}") };
    }

    public void Dispose() => gate.Dispose();

    /// <summary>`123456789012.dkr.ecr.eu-central-1.amazonaws.com`, and its forms for FIPS, China and dual stack.</summary>
    public static bool IsEcr(string host) => Host().IsMatch(host);

    private static RegistryAccess Read(ImmutableArray<AuthorizationData> data)
    {
        var decoded = new byte[data.Sum(token => token.AuthorizationToken.Length)];
        return data is [var token, ..]
            && Uri.TryCreate(token.ProxyEndpoint, UriKind.Absolute, out var endpoint)
            && Convert.TryFromBase64String(token.AuthorizationToken, decoded, out var length)
            && Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2) is [var user, var password]
            ? new RegistryAccess(endpoint, user, password)
            : throw new ExpectedException(ExitCode.TargetFailed, "ECR's authorization token cannot be read", "run the command again; if an endpoint stands in for ECR, see what it answers to GetAuthorizationToken");
    }

    [GeneratedRegex(@"^[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.(aws|amazonwebservices\.com\.cn))\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Host();
}
