using System.Collections.Immutable;
using System.Text.Json;
using MlDeploy.Core.Errors;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>Reads whole journals; a torn last line is left out.</summary>
public static class JournalReader
{
    /// <exception cref="ExpectedException">The file is damaged: names the line and what is wrong with it.</exception>
    public static ImmutableArray<JournalEntry> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return Read(file, path);
    }

    /// <exception cref="ExpectedException">The journal is damaged.</exception>
    public static ImmutableArray<JournalEntry> Read(Stream stream, string name) => [.. Entries(stream, name, new JournalSoundness()).Select(read => read.Entry)];

    /// <summary>Entries from where the stream stands, and the offset behind each, counted from there.</summary>
    /// <param name="soundness">What was read before.</param>
    /// <exception cref="ExpectedException">The journal is damaged.</exception>
    internal static IEnumerable<(JournalEntry Entry, long End)> Entries(Stream stream, string name, JournalSoundness soundness)
    {
        foreach (var (line, end) in new JournalLines(stream))
        {
            yield return (Entry(line, $"{name}:{soundness.NextLine}", soundness), end);
        }
    }

    private static JournalEntry Entry(ReadOnlyMemory<byte>? line, string place, JournalSoundness soundness)
    {
        if (line is null)
        {
            throw Damaged(place, $"the line is longer than {JournalFormat.LongestLine >> 20} MiB", null);
        }

        try
        {
            var entry = JournalFormat.Read(line.Value.Span);
            return soundness.Problem(entry) is { } problem ? throw Damaged(place, problem, null) : entry;
        }
        catch (JsonException invalid)
        {
            throw Damaged(place, "the line is not a journal entry", invalid);
        }
    }

    private static ExpectedException Damaged(string place, string problem, Exception? inner) => new(
        ExitCode.TargetFailed,
        $"{place}: the journal is damaged here: {problem}",
        "keep the file for inspection, move its folder out of the deployments folder, and run `mldeploy status` to see what serves",
        inner);
}
