using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Local;

/// <summary>Finds and opens the image that a source names on this machine.</summary>
internal static class LocalImages
{
    /// <exception cref="ExpectedException">Exit 3: it is not there, or is not an image of that platform.</exception>
    public static async Task<ILocalImage> OpenAsync(ImageSource source, Platform platform, ImageExport export, WorkFolder work, CancellationToken cancel)
    {
        var (path, where, name) = source switch
        {
            ImageSource.Archive archive => (archive.Path, archive.Path, archive.Name),
            ImageSource.Layout layout => (layout.Path, layout.Path, layout.Name),
            ImageSource.Engine engine => (await export.SaveAsync(engine, work, cancel), engine.Name, null),
            _ => throw new ArgumentException($"{source} is not on this machine", nameof(source)),
        };
        return await OpenAsync(path, where, name, platform, work, cancel);
    }

    /// <param name="path">A file, or the folder of a layout.</param>
    /// <param name="where">As it is told.</param>
    /// <param name="name">Which of several; null when there is one.</param>
    /// <exception cref="ExpectedException">Exit 3: it is not there, or is not an image of that platform.</exception>
    public static async Task<ILocalImage> OpenAsync(string path, string where, string? name, Platform platform, WorkFolder work, CancellationToken cancel)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return await OciImage.OpenAsync(new FolderFiles(path, where), name, platform, cancel);
            }

            return await FromArchiveAsync(path, where, name, platform, work, cancel);
        }
        catch (ImageDocumentException wrong)
        {
            throw UnusableImage.Because(where, wrong.Message);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw UnusableImage.Because(where, "there is no such file or folder", "name the file of `docker save`, or the folder of an OCI layout", missing);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw UnusableImage.Because(where, $"it cannot be read: {failure.Message}", "make it readable, and see that the disk for temporary files is not full", failure);
        }
    }

    /// <remarks>
    /// Docker since version 25 writes both forms into one archive. The OCI form is preferred since it is pushed as it is,
    /// unless its layers are not compressed: then every pull would pay for it.
    /// </remarks>
    private static async Task<ILocalImage> FromArchiveAsync(string path, string where, string? name, Platform platform, WorkFolder work, CancellationToken cancel)
    {
        var files = await ArchiveFile.OpenAsync(path, where, work, cancel);
        var docker = DockerImage.IsArchive(files);
        if (OciImage.IsLayout(files) && (!docker || name is null))
        {
            var oci = await OciImage.OpenAsync(files, name, platform, cancel);
            if (oci.Compressed || !docker)
            {
                return oci;
            }
        }

        return docker
            ? await DockerImage.OpenAsync(files, name, platform, work, cancel)
            : throw UnusableImage.Because(where, "it is neither an archive of `docker save` (manifest.json) nor an OCI layout (oci-layout, index.json)", "save one with `docker save --output FILE NAME:TAG`");
    }
}
