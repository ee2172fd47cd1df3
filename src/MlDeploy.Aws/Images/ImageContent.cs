using System.Text;
using MlDeploy.Aws.Clients.Ecr;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Local;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images;

/// <summary>
/// What an image holds, by the digest of its configuration: the same for the same content, however its layers are compressed. Known
/// without pushing anything, of a file here and of an image in ECR.
/// </summary>
public static class ImageContent
{
    /// <returns>Null for what is no file: docker's and podman's images, and those of a registry.</returns>
    /// <exception cref="ExpectedException">Exit 3: it is not there, or is no image of that platform.</exception>
    public static async Task<ContentDigest?> OfFileAsync(ImageSource source, Platform platform, CancellationToken cancel)
    {
        using var work = new WorkFolder();
        return source switch
        {
            ImageSource.Archive archive => (await LocalImages.OpenAsync(archive.Path, archive.Path, archive.Name, platform, work, cancel)).Id,
            ImageSource.Layout layout => (await LocalImages.OpenAsync(layout.Path, layout.Path, layout.Name, platform, work, cancel)).Id,
            _ => null,
        };
    }

    /// <summary>One call, which a role that may only read can make (ecr:BatchGetImage).</summary>
    /// <returns>Null when it is not in ECR, not there any more, or an image of several platforms.</returns>
    public static async Task<ContentDigest?> OfRepositoryAsync(ImageReference image, EcrClient ecr, CancellationToken cancel)
    {
        if (!EcrCredentials.IsEcr(image.Host) || image.Digest is not { } digest)
        {
            return null;
        }

        var found = await ecr.BatchGetImageAsync(
            new BatchGetImageRequest { RegistryId = image.Host.Split('.')[0], RepositoryName = image.Repository, ImageIds = [new ImageIdentifier { ImageDigest = digest.ToString() }] }, cancel);
        if (found.Images is not [{ ImageManifest: { } manifest, ImageManifestMediaType: var mediaType }, ..])
        {
            return null;
        }

        try
        {
            return ImageDocument.Manifest(Encoding.UTF8.GetBytes(manifest), mediaType ?? "").Config.Digest;
        }
        catch (ImageDocumentException)
        {
            // An index names images of several platforms; none that we pushed is one.
            return null;
        }
    }
}
