using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Push;

/// <summary>An image that is in a registry.</summary>
/// <param name="Digest">What the tag names, or what was asked for: the manifest, or the index of several platforms.</param>
/// <param name="Id">Digest of the configuration of the platform's image: the same for the same content.</param>
internal sealed record RemoteImage(ContentDigest Digest, ContentDigest Id)
{
    /// <summary>Looks, and sees that it can run where the tasks do.</summary>
    /// <param name="reference">A tag or a digest.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="ExpectedException">Exit 3: it is for another platform.</exception>
    public static async Task<RemoteImage?> FindAsync(RegistryClient registry, string reference, Platform platform, CancellationToken cancel)
    {
        try
        {
            return await registry.GetManifestAsync(reference, cancel) is { } found ? await ReadAsync(registry, found, platform, cancel) : null;
        }
        catch (ImageDocumentException wrong)
        {
            throw new ExpectedException(ExitCode.TargetFailed, $"{registry.Host}/{registry.Repository} has no usable image under {reference}: {wrong.Message}", "push the image again under another tag");
        }
    }

    private static async Task<RemoteImage> ReadAsync(RegistryClient registry, RemoteManifest found, Platform platform, CancellationToken cancel)
    {
        var where = $"{registry.Host}/{registry.Repository}@{found.Digest}";
        var manifest = found;
        if (MediaTypes.IsIndex(found.MediaType))
        {
            var entries = ImageDocument.Index(found.Content);
            var entry = entries.FirstOrDefault(entry => entry.Platform == platform)
                ?? throw ImageChoice(where, entries.Select(entry => entry.Platform).OfType<Platform>(), platform);
            manifest = await registry.GetManifestAsync(entry.Digest.ToString(), cancel) ?? throw new ImageDocumentException($"the manifest {entry.Digest} that its index names is not there");
        }

        var id = ImageDocument.Manifest(manifest.Content, manifest.MediaType).Config.Digest;
        var config = ImageDocument.Config(await registry.GetDocumentAsync(id, cancel));
        return config.Platform == platform ? new RemoteImage(found.Digest, id) : throw ImageChoice(where, [config.Platform], platform);
    }

    private static ExpectedException ImageChoice(string where, IEnumerable<Platform> found, Platform wanted) => Local.ImageChoice.WrongPlatform(where, found, wanted);
}
