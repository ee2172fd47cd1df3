using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace MlDeploy.Local.Processes;

/// <summary>
/// An instance's log: what its processes write to standard output and error, appended by them directly. Rotation copies the file
/// and truncates it, since the writers hold it open; their O_APPEND makes them go on at the new end. What is written within the
/// microseconds between the last copy and the truncation is lost: the price of a log that outlives its reader.
/// </summary>
/// <param name="path">Absolute. Rotated files are <c>path.1</c> (the newest) to <c>path.N</c>.</param>
public sealed class LogFile(string path)
{
    public const long DefaultLimit = 10L << 20;
    public const int DefaultKept = 3;

    private const int Chunk = 64 * 1024;

    /// <summary>What one tail may read: lines beyond are left out, oldest first.</summary>
    private const int LongestTail = 4 << 20;

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
    /// <returns>True when it was rotated.</returns>
    public bool RotateWhenLarger(long limit = DefaultLimit, int kept = DefaultKept)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length <= limit)
                return false;
            for (var age = kept - 1; age >= 1; age--)
            {
                if (File.Exists(Rotated(age)))
                    File.Move(Rotated(age), Rotated(age + 1), overwrite: true);
            }

            CopyAndTruncate();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void CopyAndTruncate()
    {
        using var source = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        using var copy = File.OpenHandle(Rotated(1), FileMode.Create, FileAccess.Write, FileShare.Read);
        var buffer = new byte[Chunk];
        long position = 0;
        while (RandomAccess.Read(source, buffer, position) is var read and > 0)
        {
            RandomAccess.Write(copy, buffer.AsSpan(0, read), position);
            position += read;
        }

        RandomAccess.SetLength(source, 0);
    }

    /// <summary>The last lines, oldest first, going back into the newest rotated file when the current one has too few.</summary>
    /// <returns>Bytes that are not UTF-8 become U+FFFD. Empty when there is no log.</returns>
    public ImmutableArray<string> Tail(int lines)
    {
        var found = TailOf(path, lines);
        return found.Length < lines ? [.. TailOf(Rotated(1), lines - found.Length), .. found] : found;
    }

    private static ImmutableArray<string> TailOf(string file, int lines)
    {
        if (lines <= 0)
            return [];
        try
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var end = RandomAccess.GetLength(handle);
            var start = end;
            var newlines = 0;
            var buffer = new byte[Chunk];
            // One newline more than lines: the one that ends the line before the first wanted.
            while (start > 0 && newlines <= lines && end - start < LongestTail)
            {
                var size = (int)Math.Min(Chunk, start);
                start -= size;
                newlines += Fill(handle, buffer.AsSpan(0, size), start).Count((byte)'\n');
            }

            var text = new byte[end - start];
            var whole = Encoding.UTF8.GetString(Fill(handle, text, start));
            var split = whole.TrimEnd('\n').Split('\n');
            return whole.Length == 0 ? [] : [.. split.Skip(Math.Max(0, split.Length - lines)).Select(line => line.TrimEnd('\r'))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static ReadOnlySpan<byte> Fill(Microsoft.Win32.SafeHandles.SafeFileHandle handle, Span<byte> buffer, long position)
    {
        var length = 0;
        while (length < buffer.Length && RandomAccess.Read(handle, buffer[length..], position + length) is var read and > 0)
            length += read;
        return buffer[..length];
    }

    /// <summary>The last lines, and then every line as it is written, across rotations, until cancelled.</summary>
    public async IAsyncEnumerable<string> FollowAsync(int lines, TimeProvider time, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (position, rotation) = (LengthOf(path), Signature());
        foreach (var line in Tail(lines))
            yield return line;

        var pending = new LineBuffer();
        var buffer = new byte[Chunk];
        while (!cancel.IsCancellationRequested)
        {
            if (Signature() is var now && now != rotation)
            {
                // What was written after the last look went along into the rotated file.
                rotation = now;
                while (ReadAt(Rotated(1), buffer, position) is var rest and > 0)
                {
                    position += rest;
                    foreach (var line in pending.Add(buffer.AsSpan(0, rest)))
                        yield return line;
                }

                position = 0;
            }

            var read = ReadAt(path, buffer, position);
            position += read;
            foreach (var line in pending.Add(buffer.AsSpan(0, read)))
                yield return line;

            if (read == 0)
            {
                try
                {
                    await Task.Delay(Poll, time, cancel);
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }
            }
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
