using System.Collections.Immutable;

namespace MlDeploy.Local.Capture.Logs;

/// <summary>
/// One version's log: a file and what it was rotated to, or all files of a folder. Files are known by their beginnings, so that what is renamed is read to
/// its end, what is copied away and cut (also in its middle, as our own logs are) is read once, and what is truncated begins anew. For one thread.
/// </summary>
internal sealed class FollowedLog
{
    /// <summary>Of a folder's files the newest are followed.</summary>
    private const int MostFiles = 64;

    /// <summary>Looks for which a file that is gone from its place is looked for under other names: ten seconds.</summary>
    private const int MostMissed = 40;

    private static readonly string[] Compressed = [".gz", ".zst", ".bz2", ".xz", ".zip"];

    private readonly string path;
    private readonly LogLines lines = new();
    private readonly Dictionary<string, FollowedFile> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (long Length, DateTime Written)> stamps = new(StringComparer.Ordinal);
    private readonly List<(FollowedFile File, int Looks)> missing = [];

    /// <summary>By name: the half of a line that was cut away from the file's beginning.</summary>
    private readonly Dictionary<string, byte[]> halves = new(StringComparer.Ordinal);

    /// <param name="path">Absolute; it need not be there yet.</param>
    /// <param name="known">How far an earlier process came; null: what is there now was there before the version, and is not read.</param>
    public FollowedLog(string path, ImmutableArray<FollowedFile>? known)
    {
        this.path = path;
        foreach (var file in known ?? [])
        {
            files[file.Name] = file;
        }

        foreach (var file in known is null ? Present() : [])
        {
            Open(file, stream => files[file.Name] = FollowedFile.Of(file.Name, stream, stream.Length, stream.Length));
        }
    }

    public ImmutableArray<FollowedFile> Files => [.. files.Values];

    /// <summary>Lines that had no end.</summary>
    public long Endless => lines.Endless;

    /// <summary>Reads what was written since the last look.</summary>
    /// <param name="isOver">Asked after each chunk: whether to stop here.</param>
    /// <returns>Whether there is more.</returns>
    public bool Look(TakeLine take, Func<bool> isOver)
    {
        var more = false;
        var others = new List<FileInfo>();
        var present = Present();
        foreach (var file in present)
        {
            if (files.TryGetValue(file.Name, out var known) && IsUnchanged(file))
            {
                continue;
            }

            Open(file, stream =>
            {
                if (known is not null && stream.Length >= known.Position && known.IsBeginningOf(stream))
                {
                    more |= Read(known, stream, take, isOver);
                }
                else
                {
                    others.Add(file);
                }
            });
        }

        Miss(files.Values.Where(known => !present.Exists(file => file.Name == known.Name) || others.Exists(file => file.Name == known.Name)).ToArray());
        var begins = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var file in others.ToArray())
        {
            Open(file, stream =>
            {
                if (missing.FindIndex(one => one.File.Name != file.Name && stream.Length > 0 && one.File.IsBeginningOf(stream)) is >= 0 and var at)
                {
                    more |= Moved(missing[at].File, file.Name, stream, begins, take, isOver);
                    missing.RemoveAt(at);
                    others.Remove(file);
                }
            });
        }

        foreach (var file in others)
        {
            Open(file, stream => more |= IsNew(file.Name, stream, begins) && Read(FollowedFile.Of(file.Name, stream, stream.Length, begins.GetValueOrDefault(file.Name)), stream, take, isOver));
        }

        return more;
    }

    /// <summary>Puts aside what is not in its place, and gives up what has been so for long.</summary>
    private void Miss(FollowedFile[] gone)
    {
        for (var at = missing.Count - 1; at >= 0; at--)
        {
            missing[at] = (missing[at].File, missing[at].Looks + 1);
            if (missing[at].Looks > MostMissed)
            {
                missing.RemoveAt(at);
            }
        }

        foreach (var file in gone)
        {
            files.Remove(file.Name);
            missing.Add((file, 0));
        }
    }

    /// <summary>It was renamed, or copied away: the rest of it stands there.</summary>
    private bool Moved(FollowedFile file, string name, FileStream stream, Dictionary<string, long> begins, TakeLine take, Func<bool> isOver)
    {
        // More was read than was copied away and cut out: the difference stands at the beginning of what is left.
        begins[file.Name] = Math.Max(0, file.Position - stream.Length);
        var more = Read(FollowedFile.Of(name, stream, stream.Length, Math.Min(file.Position, stream.Length)), stream, take, isOver);
        if (!more && lines.Rest(stream, files[name].Position) is { } half)
        {
            halves[file.Name] = half;
        }

        return more;
    }

    /// <summary>
    /// Not a copy in the making, of which the original is still followed. Where another file stood the look before, a copy of that may just be coming to light:
    /// it is read with the next look.
    /// </summary>
    private bool IsNew(string name, FileStream stream, Dictionary<string, long> begins) =>
        stream.Length > 0 && !files.Values.Any(known => known.IsBeginningOf(stream)) && (begins.ContainsKey(name) || !missing.Exists(one => one.File.Name == name && one.Looks == 0));

    private bool Read(FollowedFile file, FileStream stream, TakeLine take, Func<bool> isOver)
    {
        var half = file.Position == 0 ? halves.GetValueOrDefault(file.Name) : null;
        var (position, more) = lines.Read(stream, file.Position, take, isOver, half);
        files[file.Name] = file.At(stream, position);
        if (position > 0)
        {
            halves.Remove(file.Name);
        }

        return more;
    }

    private bool IsUnchanged(FileInfo file)
    {
        var stamp = (file.Length, file.LastWriteTimeUtc);
        var isUnchanged = stamps.TryGetValue(file.Name, out var before) && before == stamp && files[file.Name].Position == stamp.Length;
        stamps[file.Name] = stamp;
        return isUnchanged;
    }

    /// <summary>Of a folder its files; of a file itself and those whose names begin with its own.</summary>
    private List<FileInfo> Present()
    {
        try
        {
            var isFolder = Directory.Exists(path);
            var folder = new DirectoryInfo(isFolder ? path : Path.GetDirectoryName(path)!);
            return !folder.Exists ? [] : [.. folder.EnumerateFiles(isFolder ? "*" : $"{Path.GetFileName(path)}*")
                .Where(file => !Compressed.Contains(file.Extension, StringComparer.OrdinalIgnoreCase) && file.Exists)
                .OrderByDescending(file => file.LastWriteTimeUtc).Take(MostFiles).OrderBy(file => file.LastWriteTimeUtc)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A file that cannot be opened now is read later, or never.</summary>
    private static void Open(FileInfo file, Action<FileStream> use)
    {
        try
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.CanSeek)
            {
                use(stream);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Renamed in this very moment, or not ours to read.
        }
    }
}
