using System.Text;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>
/// Appends to a journal, from any thread. A transition is on the disk before this returns, so that its effect can follow;
/// looks are handed to the operating system and survive a killed process, not a power cut.
/// </summary>
public sealed class JournalWriter : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;
    private readonly TimeProvider clock;
    private long end;
    private long lastSeq;
    private DateTimeOffset lastAt;

    /// <summary>Whether half a line may stand behind <see cref="end"/>.</summary>
    private bool torn;

    private JournalWriter(FileStream file, TimeProvider clock)
    {
        this.file = file;
        this.clock = clock;
    }

    /// <summary>Opens for appending; what a kill tore off in the last line is cut away.</summary>
    /// <exception cref="Errors.ExpectedException">The journal is damaged.</exception>
    public static JournalWriter Open(string path, TimeProvider clock)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return Open(new FileStream(path, options), clock);
    }

    internal static JournalWriter Open(FileStream file, TimeProvider clock)
    {
        try
        {
            var writer = new JournalWriter(file, clock);
            foreach (var (entry, end) in JournalReader.Entries(file, file.Name, new JournalSoundness()))
            {
                (writer.lastSeq, writer.lastAt, writer.end) = (entry.Seq, entry.At, end);
            }

            writer.CutTornLine();
            return writer;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The newest entry's number; 0 in an empty journal.</summary>
    public long LastSeq => Interlocked.Read(ref lastSeq);

    /// <param name="make">Gets the entry's number and time. Times never go back, even when the clock does.</param>
    /// <param name="durable">True for what has effects.</param>
    /// <exception cref="IOException">The entry could not be written: it does not stand in the journal.</exception>
    public TEntry Append<TEntry>(Func<long, DateTimeOffset, TEntry> make, bool durable)
        where TEntry : JournalEntry
    {
        lock (gate)
        {
            var now = clock.GetUtcNow();
            var entry = make(lastSeq + 1, now > lastAt ? now : lastAt);
            var line = Encoding.UTF8.GetBytes(JournalFormat.Write(entry) + "\n");
            if (torn)
            {
                CutTornLine();
            }

            try
            {
                file.Write(line);
                file.Flush(flushToDisk: durable);
            }
            catch (IOException)
            {
                torn = true;
                TryCutTornLine();
                throw;
            }

            (end, lastAt) = (end + line.Length, entry.At);
            Interlocked.Exchange(ref lastSeq, entry.Seq);
            return entry;
        }
    }

    public void Dispose() => file.Dispose();

    private void CutTornLine()
    {
        file.SetLength(end);
        file.Position = end;
        torn = false;
    }

    /// <summary>A full disk may take half a line. When even cutting it away fails, the next append tries again, and a reader leaves it out.</summary>
    private void TryCutTornLine()
    {
        try
        {
            CutTornLine();
        }
        catch (IOException)
        {
            // The first failure is the one to tell.
        }
    }
}
