namespace MlDeploy.Local.Capture;

/// <summary>The request's body, copied as the forwarder reads it.</summary>
internal sealed class TappedRequest(BodyCopy copy) : Stream
{
    private Stream inner = Null;

    /// <summary>The body was read to its end.</summary>
    public bool Complete { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Begin(Stream body) => (inner, Complete) = (body, false);

    public void End() => (inner, Complete) = (Null, false);

    public override int Read(byte[] buffer, int offset, int count) => Took(buffer.AsSpan(offset, count), inner.Read(buffer, offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(buffer, cancellationToken);
        return reading.IsCompletedSuccessfully ? ValueTask.FromResult(Took(buffer.Span, reading.Result)) : LaterAsync(reading, buffer);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<int> LaterAsync(ValueTask<int> reading, Memory<byte> buffer)
    {
        var read = await reading;
        return Took(buffer.Span, read);
    }

    private int Took(Span<byte> buffer, int read)
    {
        copy.Append(buffer[..read]);
        Complete |= read == 0 && !buffer.IsEmpty;
        return read;
    }
}
