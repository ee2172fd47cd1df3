namespace MlDeploy.Local.Capture.Logs;

internal delegate void TakeLine(ReadOnlySpan<byte> line);

/// <summary>Lines out of a file that grows, in bounded memory. One that is not finished is left for the next time.</summary>
internal sealed class LogLines
{
    private const int Chunk = 256 * 1024;

    /// <summary>A line may be so long; of one that has no end by then, what has come is passed over.</summary>
    private const int LongestLine = 256 * 1024;

    /// <summary>Bytes of one file at a time, so that no version waits for another's backlog.</summary>
    private const long MostAtATime = 1L << 20;

    private readonly byte[] buffer = new byte[Chunk + LongestLine];

    public long Endless { get; private set; }

    /// <param name="from">Bytes that were read already.</param>
    /// <param name="isOver">Asked after each chunk.</param>
    /// <param name="begun">What of the first line stands in another file.</param>
    /// <returns>Up to where it is read by now, and whether there is more.</returns>
    public (long Position, bool More) Read(FileStream file, long from, TakeLine take, Func<bool> isOver, byte[]? begun = null)
    {
        var position = from;
        while (!isOver())
        {
            var read = Fill(file, position);
            var end = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && read < LongestLine)
            {
                return (position, false);
            }

            if (end == 0)
            {
                Endless++;
                position += read;
            }
            else
            {
                var whole = buffer.AsSpan(0, end - 1);
                Take(begun is null ? whole : [.. begun, .. whole], take);
                (position, begun) = (position + end, null);
            }

            if (position - from >= MostAtATime)
            {
                return (position, true);
            }
        }

        return (position, false);
    }

    /// <summary>What follows the last line's end, when it is no longer than a line may be.</summary>
    public byte[]? Rest(FileStream file, long position) => Fill(file, position) is > 0 and < LongestLine and var length ? buffer.AsSpan(0, length).ToArray() : null;

    private int Fill(FileStream file, long position)
    {
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(file.SafeFileHandle, buffer.AsSpan(length), position + length) is var read and > 0)
        {
            length += read;
        }

        return length;
    }

    private static void Take(ReadOnlySpan<byte> lines, TakeLine take)
    {
        while (true)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = (end < 0 ? lines : lines[..end]).TrimEnd((byte)'\r');
            if (!line.IsEmpty)
            {
                take(line);
            }

            if (end < 0)
            {
                return;
            }

            lines = lines[(end + 1)..];
        }
    }
}
