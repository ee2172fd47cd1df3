using System.Collections;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>
/// Whole lines without their newline, and the offset behind each; null for a line that is too long, after which nothing follows.
/// A line's memory is good until the next is read. What stands behind the last newline was torn by a kill and is left out.
/// </summary>
internal sealed class JournalLines(Stream stream) : IEnumerable<(ReadOnlyMemory<byte>? Line, long End)>
{
    private const int FirstBuffer = 64 << 10;

    public IEnumerator<(ReadOnlyMemory<byte>? Line, long End)> GetEnumerator()
    {
        var buffer = new byte[FirstBuffer];
        var filled = 0;
        var offset = 0L;
        while (stream.Read(buffer, filled, buffer.Length - filled) is > 0 and var read)
        {
            // What was filled before has no newline: it was looked through already.
            var from = filled;
            filled += read;
            var start = 0;
            int newline;
            while ((newline = Array.IndexOf(buffer, (byte)'\n', from, filled - from)) >= 0)
            {
                yield return (buffer.AsMemory(start, newline - start), offset + newline + 1);
                start = from = newline + 1;
            }

            Array.Copy(buffer, start, buffer, 0, filled - start);
            offset += start;
            filled -= start;
            if (filled == buffer.Length)
            {
                if (filled >= JournalFormat.LongestLine)
                {
                    yield return (null, offset);
                    yield break;
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
