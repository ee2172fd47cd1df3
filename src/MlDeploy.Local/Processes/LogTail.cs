using System.Collections.Immutable;
using System.Text;

namespace MlDeploy.Local.Processes;

/// <summary>Reads the last lines of a file from its end, within bounded memory.</summary>
internal static class LogTail
{
    private const int Chunk = 64 * 1024;

    /// <summary>Bytes one tail may read: of lines beyond, the oldest are left out.</summary>
    private const int Longest = 4 << 20;

    /// <param name="end">Bytes of the file that count.</param>
    /// <returns>At most that many lines, and whether the last ends with a newline; an empty or missing file has no lines and is finished.</returns>
    public static (ImmutableArray<string> Lines, bool Finished) Of(string file, int lines, long end)
    {
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var text = Encoding.UTF8.GetString(LastBytes(handle, lines, end));
            if (text.Length == 0)
                return ([], true);
            var finished = text.EndsWith('\n');
            var split = (finished ? text[..^1] : text).Split('\n');
            return ([.. split.Skip(split.Length - lines).Select(line => line.TrimEnd('\r'))], finished);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([], true);
        }
    }

    private static byte[] LastBytes(Microsoft.Win32.SafeHandles.SafeFileHandle handle, int lines, long end)
    {
        var start = end;
        long newlines = 0;
        var buffer = new byte[Chunk];
        // One newline more than lines: the one that ends the line before the first wanted.
        while (start > 0 && newlines <= lines && end - start < Longest)
        {
            var size = (int)Math.Min(Chunk, start);
            start -= size;
            newlines += Fill(handle, buffer.AsSpan(0, size), start).Count((byte)'\n');
        }

        var bytes = new byte[end - start];
        return bytes[..Fill(handle, bytes, start).Length];
    }

    private static ReadOnlySpan<byte> Fill(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> buffer, long position)
    {
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(handle, buffer[length..], position + length) is var read and > 0)
            length += read;
        return buffer[..length];
    }
}
