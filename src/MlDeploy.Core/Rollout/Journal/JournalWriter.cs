using System.Text;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>
/// Appends to a journal. A transition is on the disk before this returns, so that its effect can follow;
/// looks are handed to the operating system and survive a killed process, not a power cut.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    private readonly FileStream file;
    private readonly TimeProvider clock;
    private long lastSeq;

    private JournalWriter(FileStream file, TimeProvider clock, long lastSeq)
    {
        this.file = file;
        this.clock = clock;
        this.lastSeq = lastSeq;
    }

    /// <summary>Opens for appending; what a kill tore off in the last line is cut away.</summary>
    public static JournalWriter Open(string path, TimeProvider clock)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(path, options);
        try
        {
            var lastSeq = 0L;
            var whole = 0L;
            foreach (var (line, end) in JournalReader.Lines(file))
            {
                lastSeq = JournalFormat.Read(line.Span).Seq;
                whole = end;
            }

            file.SetLength(whole);
            file.Position = whole;
            return new JournalWriter(file, clock, lastSeq);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The newest entry's number; 0 in an empty journal.</summary>
    public long LastSeq => Interlocked.Read(ref lastSeq);

    /// <param name="make">Gets the entry's number and time.</param>
    /// <param name="durable">True for what has effects.</param>
    public TEntry Append<TEntry>(Func<long, DateTimeOffset, TEntry> make, bool durable)
        where TEntry : JournalEntry
    {
        var entry = make(lastSeq + 1, clock.GetUtcNow());
        var before = file.Position;
        try
        {
            file.Write(Encoding.UTF8.GetBytes(JournalFormat.Write(entry) + "\n"));
            file.Flush(flushToDisk: durable);
        }
        catch (IOException)
        {
            // A full disk may take half a line: cut it away, so that what comes later starts on a line of its own.
            file.SetLength(before);
            file.Position = before;
            throw;
        }

        Interlocked.Exchange(ref lastSeq, entry.Seq);
        return entry;
    }

    public void Dispose() => file.Dispose();
}
