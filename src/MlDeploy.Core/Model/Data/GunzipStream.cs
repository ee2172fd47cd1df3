using System.IO.Compression;

namespace MlDeploy.Core.Model.Data;

/// <summary>
/// Unpacks gzip, and fails where it is truncated. The framework's stream ends quietly there, and half a file would pass for a whole one: so a
/// member of our own is put behind the last byte, and must come out at the end.
/// </summary>
internal sealed class GunzipStream : Stream
{
    private static readonly byte[] Mark = [0x6D, 0x6C, 0x64, 0x65, 0x70, 0x6C, 0x6F, 0x79, 0, 1, 2, 3, 0xFF, 0xFE, 0x0A, 0x9D];

    private readonly GZipStream unpacked;
    private readonly byte[] held = new byte[Mark.Length];
    private byte[] all = [];
    private int heldLength;
    private bool ended;

    public GunzipStream(Stream packed) => unpacked = new GZipStream(new Followed(packed, Packed()), CompressionMode.Decompress);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The last bytes are always held back, until it is known whether they are the mark.</summary>
    public override int Read(Span<byte> buffer)
    {
        while (!ended && buffer.Length > 0)
        {
            if (all.Length < buffer.Length + Mark.Length)
            {
                all = new byte[buffer.Length + Mark.Length];
            }

            held.AsSpan(0, heldLength).CopyTo(all);
            var got = unpacked.Read(all.AsSpan(heldLength, buffer.Length));
            if (got == 0)
            {
                ended = true;
                return held.AsSpan(0, heldLength).SequenceEqual(Mark) ? 0 : throw new InvalidDataException("its end is missing");
            }

            var length = heldLength + got;
            heldLength = Math.Min(length, Mark.Length);
            all.AsSpan(length - heldLength, heldLength).CopyTo(held);
            if (length > heldLength)
            {
                all.AsSpan(0, length - heldLength).CopyTo(buffer);
                return length - heldLength;
            }
        }

        return 0;
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
            unpacked.Dispose();
        }

        base.Dispose(disposing);
    }

    private static MemoryStream Packed()
    {
        var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
        {
            packing.Write(Mark);
        }

        packed.Position = 0;
        return packed;
    }

    /// <summary>One stream, then another.</summary>
    private sealed class Followed(Stream first, Stream then) : Stream
    {
        private bool firstEnded;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (!firstEnded && first.Read(buffer) is > 0 and var got)
            {
                return got;
            }

            firstEnded = true;
            return then.Read(buffer);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
