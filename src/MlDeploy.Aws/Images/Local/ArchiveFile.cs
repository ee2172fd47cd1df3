using System.IO.Compression;
using MlDeploy.Aws.Images.Content;

namespace MlDeploy.Aws.Images.Local;

/// <summary>Opens a saved image, whatever way it is packed: a compressed archive is unpacked into a temporary file first.</summary>
internal static class ArchiveFile
{
    /// <summary>ECR takes layers of 52,000 MiB; an archive of a few such layers is the most that makes sense.</summary>
    private const long LargestUnpacked = 200L << 30;

    /// <summary>Zeroes shrink a thousandfold; no image does fiftyfold. Small archives may: that costs nothing.</summary>
    private const int MostExpansion = 50;
    private const long AlwaysAllowed = 512L << 20;

    public static async Task<TarFiles> OpenAsync(string path, string where, WorkFolder work, CancellationToken cancel)
    {
        var magic = new byte[6];
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous);
        var read = await file.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancel);
        return Kind(magic.AsSpan(0, read)) switch
        {
            "tar" => await TarFiles.ReadAsync(path, where, cancel),
            "gzip" => await TarFiles.ReadAsync(await UnpackAsync(file, work, cancel), where, cancel),
            "nothing" => throw UnusableImage.Because(where, "it is empty"),
            var other => throw UnusableImage.Because(where, $"it is compressed with {other}; tar and tar.gz are read", "unpack it first, or compress it with gzip"),
        };
    }

    internal static string Kind(ReadOnlySpan<byte> magic) => magic switch
    {
        [] => "nothing",
        [0x1f, 0x8b, ..] => "gzip",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        [0x42, 0x5a, 0x68, ..] => "bzip2",
        [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] => "xz",
        [0x50, 0x4b, 0x03, 0x04, ..] => "zip",
        _ => "tar",
    };

    /// <summary>The most that may come out of so many compressed bytes before it counts as made to fill the disk.</summary>
    internal static long UnpackedLimit(long compressed) => Math.Min(LargestUnpacked, Math.Max(AlwaysAllowed, compressed * MostExpansion));

    private static async Task<string> UnpackAsync(FileStream compressed, WorkFolder work, CancellationToken cancel)
    {
        compressed.Position = 0;
        var path = work.NewFile("archive.tar");
        await using var unpacked = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        await using var gzip = new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        var limit = UnpackedLimit(compressed.Length);
        try
        {
            return await ImageFiles.CopyAtMostAsync(gzip, unpacked, limit, cancel)
                ? path
                : throw new ImageDocumentException($"it unpacks to more than {Bytes.Text(limit)} from {Bytes.Text(compressed.Length)}, as no image does");
        }
        catch (InvalidDataException damaged)
        {
            throw new ImageDocumentException($"its gzip stream is damaged or cut short ({damaged.Message.TrimEnd('.')})");
        }
    }
}
