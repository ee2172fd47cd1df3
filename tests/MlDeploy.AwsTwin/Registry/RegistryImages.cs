using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Registry;

/// <summary>Repositories and manifests, kept where ECR's own API shows them: in moto. It enforces immutable tags, too.</summary>
internal sealed class RegistryImages(TwinContext context) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TwinCaller> callers = [];

    public async Task<bool> HasRepositoryAsync(string region, string repository, CancellationToken cancel)
    {
        try
        {
            await Caller(region).JsonAsync("ecr", "DescribeRepositories", new JsonObject { ["repositoryNames"] = new JsonArray(repository) }, cancel);
            return true;
        }
        catch (AwsError missing) when (missing.Code == "RepositoryNotFoundException")
        {
            return false;
        }
    }

    /// <param name="reference">A tag or a digest.</param>
    public async Task<(string Content, string MediaType, string Digest)?> FindAsync(string region, string repository, string reference, CancellationToken cancel)
    {
        var id = new JsonObject { [reference.Contains(':', StringComparison.Ordinal) ? "imageDigest" : "imageTag"] = reference };
        var found = await Caller(region).JsonAsync("ecr", "BatchGetImage", new JsonObject { ["repositoryName"] = repository, ["imageIds"] = new JsonArray(id) }, cancel);
        return found.Objects("images").FirstOrDefault() is { } image
            ? (image.Required("imageManifest"), image.Text("imageManifestMediaType") ?? "application/vnd.oci.image.manifest.v1+json", image.Object("imageId").Required("imageDigest"))
            : null;
    }

    /// <exception cref="AwsError">ImageTagAlreadyExistsException, when tags are immutable and this one names another image.</exception>
    public async Task PutAsync(string region, string repository, string reference, string content, string mediaType, string digest, CancellationToken cancel)
    {
        var input = new JsonObject { ["repositoryName"] = repository, ["imageManifest"] = content, ["imageManifestMediaType"] = mediaType, ["imageDigest"] = digest };
        if (!reference.Contains(':', StringComparison.Ordinal))
        {
            input["imageTag"] = reference;
        }

        try
        {
            await Caller(region).JsonAsync("ecr", "PutImage", input, cancel);
        }
        catch (AwsError there) when (there.Code is "ImageAlreadyExistsException" or "ImageTagAlreadyExistsException")
        {
            // The same image under the same tag: a registry says 201 to that. moto says so of another image, too.
            if ((await FindAsync(region, repository, reference, cancel))?.Digest != digest)
            {
                throw new AwsError("ImageTagAlreadyExistsException", $"The image tag '{reference}' already exists in the '{repository}' repository and cannot be overwritten because the tag is immutable.");
            }
        }
    }

    public void Dispose()
    {
        foreach (var caller in callers.Values)
        {
            caller.Dispose();
        }
    }

    private TwinCaller Caller(string region)
    {
        lock (gate)
        {
            return callers.TryGetValue(region, out var caller) ? caller : callers[region] = context.Caller("registry", region);
        }
    }
}
