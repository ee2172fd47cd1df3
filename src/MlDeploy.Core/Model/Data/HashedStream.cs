using System.Security.Cryptography;

namespace MlDeploy.Core.Model.Data;

/// <summary>Reads through: every byte is hashed and counted on its way.</summary>
internal sealed class HashedStream(Stream inner, IncrementalHash hash, Action<long> progress) : Stream
{
    private byte[] peeked = [];
    private long count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    /// <summary>Bytes read so far.</summary>
    public override long Length => count;

    public override long Position
    {
        get => count;
        set => throw new NotSupportedException();
    }

    /// <summary>The first bytes, which stay to be read.</summary>
    public int Peek(Span<byte> to)
    {
        var bytes = new byte[to.Length];
        var got = inner.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        bytes.AsSpan(0, got).CopyTo(to);
        peeked = bytes[..got];
        return got;
    }

    /// <summary>Reads what nobody asked for, so that the hash is of the whole file.</summary>
    public void Drain()
    {
        var buffer = new byte[64 << 10];
        while (Read(buffer) > 0)
        {
        }
    }

    public override int Read(Span<byte> buffer)
    {
        int got;
        if (peeked.Length > 0)
        {
            got = Math.Min(peeked.Length, buffer.Length);
            peeked.AsSpan(0, got).CopyTo(buffer);
            peeked = peeked[got..];
        }
        else
        {
            got = inner.Read(buffer);
        }

        hash.AppendData(buffer[..got]);
        count += got;
        progress(count);
        return got;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
