using System.Buffers;

namespace MlDeploy.Local.Capture;

/// <summary>A bounded copy of a body in a rented buffer, written as the body passes by. Whoever holds it last gives it back.</summary>
internal sealed class BodyCopy
{
    /// <summary>256 KiB: a batch of some hundred rows. What is larger is not looked at, and counted as dropped.</summary>
    public const int Most = 256 * 1024;

    private const int First = 2048;

    private byte[]? buffer;

    public int Length { get; private set; }

    /// <summary>There was more than is copied: nothing is kept.</summary>
    public bool Overflows { get; private set; }

    public bool IsEmpty => Length == 0;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || Overflows)
        {
            return;
        }

        if (bytes.Length > Most - Length)
        {
            Return();
            Overflows = true;
            return;
        }

        Reserve(Length + bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Hands the bytes over; the taker gives them back to the shared pool.</summary>
    public RentedBytes Take()
    {
        var taken = new RentedBytes(buffer ?? [], Length);
        (buffer, Length, Overflows) = (null, 0, false);
        return taken;
    }

    public void Clear()
    {
        Return();
        Overflows = false;
    }

    private void Return()
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        (buffer, Length) = (null, 0);
    }

    private void Reserve(int length)
    {
        if (buffer is { } enough && enough.Length >= length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(First, Math.Max(length, 2 * (buffer?.Length ?? 0))));
        buffer?.AsSpan(0, Length).CopyTo(larger);
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = larger;
    }
}

/// <summary>Bytes in a rented buffer.</summary>
internal readonly record struct RentedBytes(byte[] Buffer, int Length)
{
    public ReadOnlyMemory<byte> Memory => Buffer.AsMemory(0, Length);

    public void Return()
    {
        if (Buffer is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(Buffer);
        }
    }
}
