using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Local;

namespace MlDeploy.Aws.Images.Push;

/// <summary>
/// A blob as it is read for a registry, from any position and as often as needed. Each byte is hashed the first time it is
/// read in order, so that the digest of what was really sent is known at the end; what is sent again is not hashed again.
/// </summary>
internal sealed class BlobReading(LocalBlob blob, Action<long> advanced) : IDisposable
{
    private const int BufferBytes = 128 << 10;

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long hashed;
    private ContentDigest? digest;

    public long Size => blob.Descriptor.Size;

    /// <summary>Writes the bytes from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    public async Task CopyAsync(long first, long end, Stream to, ActivityWatch watch, CancellationToken cancel)
    {
        await using var content = blob.Open();
        content.Position = Math.Min(first, hashed);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (content.Position < end)
            {
                var at = content.Position;
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(BufferBytes, end - at)), cancel);
                if (read == 0)
                {
                    throw UnusableImage.Because(blob.Descriptor.Digest.ToString(), $"it ended after {at} of {Size} bytes: the file changed while it was read");
                }

                if (at + read > hashed)
                {
                    hash.AppendData(buffer.AsSpan((int)(hashed - at), (int)(at + read - hashed)));
                    hashed = at + read;
                }

                var skip = (int)Math.Clamp(first - at, 0, read);
                if (skip < read)
                {
                    await to.WriteAsync(buffer.AsMemory(skip, read - skip), cancel);
                    watch.Moved();
                    advanced(at + read);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The digest of all that was read; known only when all of it was.</summary>
    public ContentDigest Digest() => hashed == Size
        ? digest ??= new ContentDigest(Convert.ToHexStringLower(hash.GetHashAndReset()))
        : throw new InvalidOperationException($"{hashed} of {Size} bytes were read");

    public void Dispose() => hash.Dispose();
}

/// <summary>A part of a blob as the body of a request, streamed from where it lies.</summary>
internal sealed class BlobContent(BlobReading reading, long first, long end, ActivityWatch watch) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        reading.CopyAsync(first, end, stream, watch, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = end - first;
        return true;
    }
}
