using System.Buffers;
using MlDeploy.Aws.Images.Content;

namespace MlDeploy.Aws.Images.Local;

/// <summary>Named files that an image consists of: those of a folder, or those inside an archive.</summary>
internal interface IImageFiles
{
    /// <summary>What is told when something is wrong with them: the path the user wrote.</summary>
    string Where { get; }

    /// <summary>Bytes, or null when there is no such file.</summary>
    /// <param name="name">Relative, with forward slashes, without `.` and `..`.</param>
    long? Length(string name);

    /// <summary>Opens a file that is there; it can seek. Each call gives a stream of its own.</summary>
    Stream Open(string name);
}

internal static class ImageFiles
{
    /// <summary>Reads a small document whole; null when it is not there.</summary>
    /// <exception cref="ImageDocumentException">It is larger than any such document may be.</exception>
    public static async Task<ReadOnlyMemory<byte>?> DocumentAsync(this IImageFiles files, string name, CancellationToken cancel)
    {
        if (files.Length(name) is not { } length)
        {
            return null;
        }

        if (length > ImageDocument.LargestBytes)
        {
            throw new ImageDocumentException($"{name} has {Bytes.Text(length)}; such a document has at most {Bytes.Text(ImageDocument.LargestBytes)}");
        }

        var content = new byte[length];
        await using var stream = files.Open(name);
        await stream.ReadExactlyAsync(content, cancel);
        return content;
    }

    /// <summary>Where OCI keeps content by digest.</summary>
    public static string BlobName(ContentDigest digest) => $"blobs/sha256/{digest.Hex}";

    /// <summary>Copies, and stops at the limit rather than filling the disk.</summary>
    /// <returns>False when there was more.</returns>
    public static async Task<bool> CopyAtMostAsync(Stream from, Stream to, long limit, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancel)) > 0)
            {
                if ((limit -= read) < 0)
                {
                    return false;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), cancel);
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>Files of a folder. Links are followed: what they lead to counts only when its digest is the one that is asked for.</summary>
internal sealed class FolderFiles(string folder, string where) : IImageFiles
{
    public string Where => where;

    public long? Length(string name) => new FileInfo(Path.Combine(folder, name)) is { Exists: true } file ? (file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file).Length : null;

    public Stream Open(string name) => new FileStream(Path.Combine(folder, name), FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
}
