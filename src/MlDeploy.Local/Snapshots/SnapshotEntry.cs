using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlDeploy.Local.Snapshots;

/// <summary>One file, folder or link of a snapshot, as its digest sees it. Times and owners are not part of it.</summary>
/// <param name="Path">Relative to the snapshot's content, with forward slashes.</param>
/// <param name="Kind">`file`, `directory` or `link`.</param>
/// <param name="Length">Bytes of a file; 0 otherwise.</param>
/// <param name="Hash">Hexadecimal SHA-256 of a file's bytes or a link's target; empty for a folder.</param>
/// <param name="Target">Where a link points, relative to the link; null otherwise.</param>
internal sealed record SnapshotEntry(string Path, string Kind, bool Executable, long Length, string Hash, string? Target)
{
    public const string FileEntry = "file";
    public const string DirectoryEntry = "directory";
    public const string LinkEntry = "link";

    public static SnapshotEntry Directory(string path) => new(path, DirectoryEntry, false, 0, "", null);

    public static SnapshotEntry File(string path, bool executable, long length, string hash) =>
        new(path, FileEntry, executable, length, hash, null);

    public static SnapshotEntry Link(string path, string target) =>
        new(path, LinkEntry, false, 0, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target))), target);
}

/// <summary>The list of a snapshot's entries: the digest over it, and the file it is kept in for later verification.</summary>
internal static class SnapshotEntries
{
    /// <summary>SHA-256 over the entries in ordinal order of their paths; every field ends with a NUL, which no path can hold.</summary>
    public static string Digest(IEnumerable<SnapshotEntry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("mldeploy-snapshot/v1\0"u8);
        foreach (var entry in entries.OrderBy(entry => entry.Path, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(
                $"{entry.Path}\0{entry.Kind}\0{(entry.Executable ? "x" : "-")}\0{entry.Length}\0{entry.Hash}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static void Write(string file, IEnumerable<SnapshotEntry> entries)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        JsonSerializer.Serialize(
            stream,
            entries.OrderBy(entry => entry.Path, StringComparer.Ordinal).ToArray(),
            SnapshotJson.Default.SnapshotEntryArray);
        stream.Flush(flushToDisk: true);
    }

    /// <returns>Null when the list is missing or is not one.</returns>
    public static SnapshotEntry[]? Read(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            return JsonSerializer.Deserialize(stream, SnapshotJson.Default.SnapshotEntryArray);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(SnapshotEntry[]))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SnapshotJson : JsonSerializerContext;
