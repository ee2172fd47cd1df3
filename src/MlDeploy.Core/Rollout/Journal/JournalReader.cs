using System.Collections.Immutable;
using System.Text.Json;
using MlDeploy.Core.Errors;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>Reads whole journals; a torn last line is left out.</summary>
public static class JournalReader
{
    /// <exception cref="ExpectedException">The file is damaged: names the line.</exception>
    public static ImmutableArray<JournalEntry> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Read(file, path);
    }

    public static ImmutableArray<JournalEntry> Read(Stream stream, string name)
    {
        var entries = ImmutableArray.CreateBuilder<JournalEntry>();
        foreach (var (line, _) in Lines(stream))
        {
            try
            {
                entries.Add(JournalFormat.Read(line.Span));
            }
            catch (Exception exception) when (exception is JsonException or NotSupportedException)
            {
                throw Damaged(name, entries.Count + 1, exception);
            }

            if (entries[^1].Seq != entries.Count)
            {
                throw Damaged(name, entries.Count, null);
            }
        }

        return entries.ToImmutable();
    }

    /// <summary>Whole lines without their newline, and the offset behind each. A line's memory is good until the next is read.</summary>
    internal static IEnumerable<(ReadOnlyMemory<byte> Line, long End)> Lines(Stream stream)
    {
        var buffer = new byte[64 << 10];
        var filled = 0;
        var offset = 0L;
        while (true)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var start = 0;
            int newline;
            while ((newline = Array.IndexOf(buffer, (byte)'\n', start, filled - start)) >= 0)
            {
                yield return (buffer.AsMemory(start, newline - start), offset + newline + 1);
                start = newline + 1;
            }

            if (read == 0)
            {
                yield break;
            }

            Array.Copy(buffer, start, buffer, 0, filled - start);
            offset += start;
            filled -= start;
            if (filled == buffer.Length)
            {
                if (buffer.Length >= JournalFormat.LongestLine)
                {
                    throw new InvalidDataException($"a journal line is longer than {JournalFormat.LongestLine} bytes");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private static ExpectedException Damaged(string name, int line, Exception? inner) => new(
        ExitCode.TargetFailed,
        $"{name}:{line}: the journal is damaged here: the line is not a journal entry, or entries are missing before it",
        "keep the file for inspection, move it out of the deployments folder, and run `mldeploy status` to see what serves",
        inner);
}
