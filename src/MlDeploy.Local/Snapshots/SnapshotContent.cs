using System.Collections.Immutable;
using System.Security.Cryptography;

namespace MlDeploy.Local.Snapshots;

/// <summary>Compares what lies in a snapshot's folder with its list of entries.</summary>
internal static class SnapshotContent
{
    /// <returns>How the entry differs from what is there, as the end of a sentence; null when it does not.</returns>
    public static string? Differs(SnapshotEntry entry, string content)
    {
        var path = Path.Combine(content, entry.Path);
        var kind = FileKinds.Of(path);
        if (kind == FileKind.Vanished)
            return "is missing";
        if (!string.Equals(kind.ToString(), entry.Kind, StringComparison.OrdinalIgnoreCase))
            return $"is no longer a {entry.Kind}";
        try
        {
            return kind switch
            {
                FileKind.Link when new FileInfo(path).LinkTarget != entry.Target => "points elsewhere",
                FileKind.File when HashOf(path) != entry.Hash => "has other content",
                FileKind.File when !OperatingSystem.IsWindows()
                    && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute) != entry.Executable => "has another executable bit",
                _ => null,
            };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {error.Message}";
        }
    }

    private static string HashOf(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <returns>Paths that are there and no entry; what lies in an added folder is not listed.</returns>
    public static ImmutableArray<string> Added(SnapshotEntry[] entries, string content)
    {
        if (!Directory.Exists(content))
            return [];
        var known = entries.Select(entry => entry.Path).ToHashSet(StringComparer.Ordinal);
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.None, RecurseSubdirectories = false, IgnoreInaccessible = true };
        var added = ImmutableArray.CreateBuilder<string>();
        var pending = new Stack<string>([content]);
        while (pending.TryPop(out var folder))
        {
            foreach (var item in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", options))
            {
                var path = Path.GetRelativePath(content, item.FullName).Replace(Path.DirectorySeparatorChar, '/');
                if (!known.Contains(path))
                    added.Add(path);
                else if (FileKinds.Of(item.FullName) == FileKind.Directory)
                    pending.Push(item.FullName);
            }
        }

        added.Sort(StringComparer.Ordinal);
        return added.ToImmutable();
    }
}
