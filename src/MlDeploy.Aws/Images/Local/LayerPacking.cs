using System.IO.Compression;
using System.Security.Cryptography;
using MlDeploy.Aws.Images.Content;

namespace MlDeploy.Aws.Images.Local;

/// <summary>A layer of `docker save` as registries take it: gzip, with the digest of the compressed bytes.</summary>
internal static class LayerPacking
{
    /// <param name="diffId">Digest of the unpacked layer, as the image's configuration gives it.</param>
    public static async Task<LocalBlob> PackAsync(IImageFiles files, string name, ContentDigest diffId, WorkFolder work, CancellationToken cancel)
    {
        var magic = new byte[6];
        await using var layer = files.Open(name);
        var read = await layer.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancel);
        layer.Position = 0;
        return ArchiveFile.Kind(magic.AsSpan(0, read)) switch
        {
            "gzip" => await CheckedAsync(files, name, layer, diffId, cancel),
            "tar" => await CompressedAsync(files, name, layer, diffId, work, cancel),
            var other => throw UnusableImage.Because(files.Where, $"the layer {name} is {other}; tar and gzip are read", "save the image as an OCI layout: that is pushed as it is"),
        };
    }

    private static async Task<LocalBlob> CheckedAsync(IImageFiles files, string name, Stream layer, ContentDigest diffId, CancellationToken cancel)
    {
        var digest = await ContentDigest.OfAsync(layer, cancel);
        layer.Position = 0;
        using var unpacked = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var hashing = new HashingStream(unpacked);
        await using var gzip = new GZipStream(layer, CompressionMode.Decompress, leaveOpen: true);
        var limit = ArchiveFile.UnpackedLimit(layer.Length);
        try
        {
            if (!await ImageFiles.CopyAtMostAsync(gzip, hashing, limit, cancel))
            {
                throw new ImageDocumentException($"the layer {name} unpacks to more than {Bytes.Text(limit)} from {Bytes.Text(layer.Length)}, as no layer does");
            }
        }
        catch (InvalidDataException damaged)
        {
            throw new ImageDocumentException($"the gzip stream of the layer {name} is damaged or cut short ({damaged.Message.TrimEnd('.')})");
        }

        Check(files, name, unpacked, diffId);
        return new LocalBlob(new Descriptor(MediaTypes.DockerGzipLayer, digest, layer.Length), () => files.Open(name));
    }

    private static async Task<LocalBlob> CompressedAsync(IImageFiles files, string name, Stream layer, ContentDigest diffId, WorkFolder work, CancellationToken cancel)
    {
        var path = work.NewFile("layer.tar.gz");
        using var unpacked = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var compressed = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
        await using (var hashedFile = new HashingStream(compressed, file))
        await using (var gzip = new GZipStream(hashedFile, CompressionLevel.Optimal, leaveOpen: true))
        await using (var hashed = new HashingStream(unpacked, gzip))
        {
            await layer.CopyToAsync(hashed, 128 << 10, cancel);
        }

        Check(files, name, unpacked, diffId);
        var digest = new ContentDigest(Convert.ToHexStringLower(compressed.GetHashAndReset()));
        return new LocalBlob(
            new Descriptor(MediaTypes.DockerGzipLayer, digest, new FileInfo(path).Length),
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous));
    }

    private static void Check(IImageFiles files, string name, IncrementalHash unpacked, ContentDigest diffId)
    {
        var found = new ContentDigest(Convert.ToHexStringLower(unpacked.GetHashAndReset()));
        if (found != diffId)
        {
            throw UnusableImage.Because(files.Where, $"the layer {name} has the digest {found}, the image's configuration says {diffId}");
        }
    }

    /// <summary>Hashes what is written, and passes it on when there is somewhere to.</summary>
    private sealed class HashingStream(IncrementalHash hash, Stream? to = null) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            to?.Write(buffer);
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            hash.AppendData(buffer.Span);
            if (to is not null)
            {
                await to.WriteAsync(buffer, cancellationToken);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => to?.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
