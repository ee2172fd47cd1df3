namespace MlDeploy.Core.Rollout.Journal;

/// <summary>Reads a journal that is still being written, each entry once.</summary>
/// <param name="name">What the journal is called in errors.</param>
public sealed class JournalTail(Stream journal, string name)
{
    private readonly JournalSoundness soundness = new();
    private long read;

    /// <summary>Whole entries since the last call.</summary>
    /// <exception cref="Errors.ExpectedException">The journal is damaged.</exception>
    public IEnumerable<JournalEntry> ReadNew()
    {
        journal.Position = read;
        var begin = read;
        foreach (var (entry, end) in JournalReader.Entries(journal, name, soundness))
        {
            read = begin + end;
            yield return entry;
        }
    }
}
