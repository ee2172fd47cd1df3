using System.IO.Compression;

namespace MlDeploy.Local.Capture;

/// <summary>Undoes a body's Content-Encoding, as far as a body may be long.</summary>
internal static class BodyEncoding
{
    /// <summary>A compressed body may say sixteen times as much as is copied of a plain one.</summary>
    private const int Most = 16 * BodyCopy.Most;

    /// <returns>Null when the encoding is unknown, or the body broken or too long.</returns>
    public static ReadOnlyMemory<byte>? Decode(ReadOnlyMemory<byte> body, string encoding) => encoding switch
    {
        "" or "identity" => body,
        "gzip" => Inflate(body, stream => new GZipStream(stream, CompressionMode.Decompress)),
        "deflate" => Inflate(body, stream => new ZLibStream(stream, CompressionMode.Decompress)),
        "br" => Inflate(body, stream => new BrotliStream(stream, CompressionMode.Decompress)),
        _ => null,
    };

    private static ReadOnlyMemory<byte>? Inflate(ReadOnlyMemory<byte> body, Func<Stream, Stream> open)
    {
        try
        {
            using var plain = new MemoryStream();
            using var stream = open(new MemoryStream(body.ToArray()));
            var buffer = new byte[16 * 1024];
            while (stream.Read(buffer) is > 0 and var read)
            {
                if (plain.Length + read > Most)
                {
                    return null;
                }

                plain.Write(buffer.AsSpan(0, read));
            }

            return plain.GetBuffer().AsMemory(0, (int)plain.Length);
        }
        catch (Exception broken) when (broken is InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }
}
