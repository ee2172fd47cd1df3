namespace MlDeploy.Core.Rollout.Journal;

/// <summary>Reads a journal that is still being written, each entry once.</summary>
public sealed class JournalTail(Stream journal)
{
    private long read;

    /// <summary>Whole entries since the last call.</summary>
    public IEnumerable<JournalEntry> ReadNew()
    {
        journal.Position = read;
        var begin = read;
        foreach (var (line, end) in JournalReader.Lines(journal))
        {
            read = begin + end;
            yield return JournalFormat.Read(line.Span);
        }
    }
}
