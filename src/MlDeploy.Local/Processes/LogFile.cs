using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace MlDeploy.Local.Processes;

/// <summary>
/// An instance's log: what its processes write to standard output and error, appended by them directly, so that it outlives any
/// host. They hold the file open, so rotation cannot rename it: it copies the beginning away and cuts it off (see <see cref="LogCut"/>).
/// </summary>
/// <param name="path">Absolute. Rotated files are <c>path.1</c> (the newest) to <c>path.N</c>.</param>
public sealed class LogFile(string path)
{
    public const long DefaultLimit = 10L << 20;
    public const int DefaultKept = 3;

    private const int Chunk = 64 * 1024;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    public string Path => path;

    private string Rotated(int age) => $"{path}.{age}";

    /// <summary>Creates it for this user alone, so that a process told to write to it can.</summary>
    public void Create()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
    }

    /// <summary>Rotates when the log has grown beyond the limit. A full disk or a missing file is no reason to stop an application: nothing happens.</summary>
    public LogRotation RotateWhenLarger(long limit = DefaultLimit, int kept = DefaultKept)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length > limit ? Rotate(kept) : LogRotation.None;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return LogRotation.None;
        }
    }

    // The rotated file gets its name last: a follower that sees it knows that the current one begins anew.
    private LogRotation Rotate(int kept)
    {
        var copy = $"{path}.rotating";
        var rotation = LogCut.CutInto(path, copy);
        for (var age = kept - 1; age >= 1; age--)
        {
            if (File.Exists(Rotated(age)))
                File.Move(Rotated(age), Rotated(age + 1), overwrite: true);
        }

        File.Move(copy, Rotated(1), overwrite: true);
        return rotation;
    }

    /// <summary>The last lines, oldest first, going back into the newest rotated file when the current one has too few.</summary>
    /// <returns>Bytes that are not UTF-8 become U+FFFD. Empty when there is no log.</returns>
    public ImmutableArray<string> Tail(int lines) => Tail(lines, LengthOf(path)).Lines;

    /// <param name="end">Bytes of the current file that count; what was written since does not.</param>
    /// <returns>The lines, and whether the last of them is finished.</returns>
    private (ImmutableArray<string> Lines, bool Finished) Tail(int lines, long end)
    {
        if (lines <= 0)
            return ([], true);
        // One more than asked for: then the first is not the file's first, which a cut may have taken the beginning of.
        var current = LogTail.Of(path, lines + 1, end);
        if (current.Lines.Length > lines)
            return (current.Lines[1..], current.Finished);

        var before = LogTail.Of(Rotated(1), lines + 1, LengthOf(Rotated(1)));
        ImmutableArray<string> joined = before.Finished || current.Lines.IsEmpty
            ? [.. before.Lines, .. current.Lines]
            : [.. before.Lines[..^1], before.Lines[^1] + current.Lines[0], .. current.Lines[1..]];
        return ([.. joined.Skip(joined.Length - lines)], current.Lines.IsEmpty ? before.Finished : current.Finished);
    }

    /// <summary>The last lines, and then every line as it is written, across rotations, until cancelled.</summary>
    public async IAsyncEnumerable<string> FollowAsync(int lines, TimeProvider time, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var rotation = Signature();
        var position = LengthOf(path);
        var pending = new LineBuffer();
        var tail = Tail(lines, position);
        foreach (var line in tail.Finished ? tail.Lines : tail.Lines[..^1])
            yield return line;
        if (!tail.Finished)
            pending.Add(Encoding.UTF8.GetBytes(tail.Lines[^1]));

        var buffer = new byte[Chunk];
        while (!cancel.IsCancellationRequested)
        {
            if (Signature() is { Length: >= 0 } now && now != rotation)
            {
                // What was written after the last look may have gone along into the rotated file.
                rotation = now;
                while (position < now.Length && ReadAt(Rotated(1), buffer, position) is var rest and > 0)
                {
                    position += rest;
                    foreach (var line in pending.Add(buffer.AsSpan(0, rest)))
                        yield return line;
                }

                position = Math.Max(0, position - now.Length);
            }

            var read = ReadAt(path, buffer, position);
            position += read;
            foreach (var line in pending.Add(buffer.AsSpan(0, read)))
                yield return line;
            if (read == 0)
                await Task.Delay(Poll, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A rotated file is never written again, so its time and length change only by a rotation.
    private (long Length, DateTime Written) Signature()
    {
        var file = new FileInfo(Rotated(1));
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : (-1, default);
    }

    private static long LengthOf(string file) => File.Exists(file) ? new FileInfo(file).Length : 0;

    private static int ReadAt(string file, byte[] buffer, long position)
    {
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.Read(handle, buffer, position);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
