namespace MlDeploy.Aws.Images.Push;

/// <summary>How a registry is reached.</summary>
/// <param name="Endpoint">Scheme, host and port; plain http only on loopback.</param>
/// <param name="User">Null: nothing is known of who may use it, so it is asked without a name.</param>
/// <param name="Password">Never shown.</param>
public sealed record RegistryAccess(Uri Endpoint, string? User, string? Password)
{
    public override string ToString() => $"{Endpoint} as {User ?? "nobody"}";

    /// <summary>Where a registry of that name listens, when nothing else is known of it.</summary>
    public static Uri EndpointOf(string host)
    {
        // Docker Hub's registry listens under another name than its images carry.
        var at = host is "docker.io" or "index.docker.io" ? "registry-1.docker.io" : host;
        var https = new Uri($"https://{at}");
        return https.IsLoopback ? new Uri($"http://{at}") : https;
    }
}

/// <summary>Knows how to reach a registry: ECR by a token of the account, others by what docker or podman logged in with.</summary>
public interface IRegistryCredentials
{
    /// <param name="host">As an image's reference names it.</param>
    /// <returns>Null when this knows nothing of the registry.</returns>
    Task<RegistryAccess?> FindAsync(string host, CancellationToken cancel);
}
