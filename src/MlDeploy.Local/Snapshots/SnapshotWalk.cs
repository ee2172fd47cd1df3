using System.Collections.Immutable;

namespace MlDeploy.Local.Snapshots;

/// <param name="Path">Relative to the working directory, with forward slashes.</param>
/// <param name="Length">Bytes of a file when it was seen; 0 otherwise.</param>
/// <param name="Target">Where a link will point in the snapshot: always relative.</param>
internal sealed record WalkedFile(string Path, string FullPath, FileKind Kind, long Length, string? Target);

/// <summary>What a snapshot will hold: the working directory without what the rules exclude, everything checked before a byte is copied.</summary>
internal sealed class SnapshotWalk
{
    private static readonly EnumerationOptions EveryEntry = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, MatchType = MatchType.Simple };

    private readonly string root;
    private readonly string realRoot;
    private readonly ExcludeRules rules;
    private readonly HashSet<string> own;
    private readonly List<WalkedFile> files = [];
    private readonly List<string> notes = [];
    private readonly List<(string Path, string Target)> linksOutside = [];

    private SnapshotWalk(SnapshotRequest request, IEnumerable<string> own)
    {
        root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.WorkingDirectory));
        if (!Directory.Exists(root))
            throw SnapshotFailure.NoWorkingDirectory(root);
        realRoot = RealPath.Of(root) ?? root;
        rules = ExcludeRules.Compile(request.Exclude);
        this.own = [.. own.Select(path => RealPath.Of(path) ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))];
        if (this.own.FirstOrDefault(path => IsWithin(realRoot, path)) is { } outer)
            throw SnapshotFailure.InsideOwnDirectory(root, outer);
    }

    /// <returns>Entries with every folder before what it holds, and notes on what was left out.</returns>
    public static (ImmutableArray<WalkedFile> Files, ImmutableArray<string> Notes) Walk(
        SnapshotRequest request, IEnumerable<string> own, CancellationToken cancel)
    {
        var walk = new SnapshotWalk(request, own);
        walk.Descend(cancel);
        if (walk.linksOutside.Count > 0)
            throw SnapshotFailure.LinksOutside(walk.linksOutside);
        var bytes = walk.files.Sum(file => file.Length);
        if (bytes > request.Limit)
            throw SnapshotFailure.TooLarge(bytes, request.Limit, Largest(walk.files));
        return ([.. walk.files], [.. walk.notes]);
    }

    /// <summary>Top-level folders and files by what they hold, the largest first: that is where an exclude pattern helps.</summary>
    public static IEnumerable<(string Path, long Bytes)> Largest(IEnumerable<WalkedFile> files) => files
        .Where(file => file.Kind == FileKind.File)
        .GroupBy(file => file.Path.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? file.Path[..(slash + 1)] : file.Path, StringComparer.Ordinal)
        .Select(group => (group.Key, group.Sum(file => file.Length)))
        .OrderByDescending(item => item.Item2);

    private void Descend(CancellationToken cancel)
    {
        var pending = new Stack<(DirectoryInfo Directory, string Path)>();
        pending.Push((new DirectoryInfo(root), ""));
        while (pending.TryPop(out var next))
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var item in List(next.Directory, next.Path))
            {
                var path = next.Path.Length == 0 ? item.Name : $"{next.Path}/{item.Name}";
                if (Take(item, path))
                    pending.Push((new DirectoryInfo(item.FullName), path));
            }
        }
    }

    private static FileSystemInfo[] List(DirectoryInfo directory, string path)
    {
        try
        {
            return directory.GetFileSystemInfos("*", EveryEntry);
        }
        catch (DirectoryNotFoundException)
        {
            throw SnapshotFailure.Vanished(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SnapshotFailure.Unreadable(path.Length == 0 ? directory.FullName : path, error);
        }
    }

    /// <returns>True when it is a folder to descend into.</returns>
    private bool Take(FileSystemInfo item, string path)
    {
        var kind = FileKinds.Of(item.FullName);
        if (rules.Excludes(path, kind == FileKind.Directory))
            return false;

        switch (kind)
        {
            case FileKind.Directory when own.Contains(RealPath.Of(item.FullName) ?? item.FullName):
                notes.Add($"{path} was left out: mldeploy keeps its own state there.");
                return false;
            case FileKind.Directory:
                files.Add(new WalkedFile(path, item.FullName, kind, 0, null));
                return true;
            case FileKind.File:
                files.Add(new WalkedFile(path, item.FullName, kind, ((FileInfo)item).Length, null));
                return false;
            case FileKind.Link:
                TakeLink(item, path);
                return false;
            case FileKind.Special:
                notes.Add($"{path} was left out: it is a socket, a pipe or a device.");
                return false;
            default:
                // A name that is not UTF-8 arrives with replacement characters and then cannot be found under them.
                throw path.Contains('\uFFFD', StringComparison.Ordinal) ? SnapshotFailure.NotUnicode(path) : SnapshotFailure.Vanished(path);
        }
    }

    private void TakeLink(FileSystemInfo link, string path)
    {
        var target = link.LinkTarget ?? throw SnapshotFailure.Vanished(path);
        var folder = Path.GetDirectoryName(link.FullName)!;
        var lexical = Path.GetFullPath(target, folder);
        var real = RealPath.Of(link.FullName);
        // An absolute target may be written through another name of the working directory (/tmp and /private/tmp).
        var inside = IsWithin(lexical, root) ? Path.GetRelativePath(root, lexical)
            : Path.IsPathRooted(target) && IsWithin(lexical, realRoot) ? Path.GetRelativePath(realRoot, lexical)
            : null;
        if (inside is null || (real is not null && !IsWithin(real, realRoot)))
        {
            linksOutside.Add((path, target));
            return;
        }

        // An absolute link would lead from the snapshot back to the sources.
        var kept = Path.IsPathRooted(target) ? Path.GetRelativePath(folder, Path.Combine(root, inside)) : target;
        if (real is null)
            notes.Add($"{path} points at {target}, which does not exist.");
        files.Add(new WalkedFile(path, link.FullName, FileKind.Link, 0, kept));
    }

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        || folder == Path.GetPathRoot(folder);
}
