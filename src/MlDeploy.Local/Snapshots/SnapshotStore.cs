using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Processes;

namespace MlDeploy.Local.Snapshots;

/// <summary>
/// Content-addressed copies of working directories: <c>&lt;root&gt;/&lt;digest&gt;/content</c>, with the list of its entries beside it.
/// A copy is made under a temporary name on the same volume and appears under its digest in one rename; making the same
/// one twice, one after another or at once, gives the same snapshot.
/// </summary>
/// <param name="root">Absolute folder; created, private to this user, when it is missing.</param>
public sealed class SnapshotStore(string root)
{
    private const string Content = "content";
    private const string Entries = "entries.json";
    private const string TemporaryPrefix = ".tmp-";

    /// <summary>The folder that a version with this digest runs in; it need not exist.</summary>
    public string DirectoryOf(string digest) => Path.Combine(root, Checked(digest), Content);

    public ImmutableArray<string> List() => Directory.Exists(root)
        ? [.. Directory.EnumerateDirectories(root).Select(path => Path.GetFileName(path)!).Where(IsDigest).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Copies the working directory. Streams: memory grows with the number of files, not with their size.</summary>
    /// <exception cref="ExpectedException">
    /// Exit 3 when the manifest has to change (limit, links, patterns), exit 7 when the machine is in the way. Nothing is left behind.
    /// </exception>
    public Snapshot Take(SnapshotRequest request, CancellationToken cancel = default)
    {
        Sweep();
        var (files, notes) = SnapshotWalk.Walk(request, request.OwnDirectories.Append(root), cancel);
        var temporary = Path.Combine(root, $"{TemporaryPrefix}{ProcessIdentity.Current.Pid}-{ProcessIdentity.Current.StartTicks}-{Path.GetRandomFileName()}");
        try
        {
            PrivateDirectory.Create(temporary);
            var entries = Copy(files, Path.Combine(temporary, Content), request.Limit, cancel);
            SnapshotEntries.Write(Path.Combine(temporary, Entries), entries);
            var digest = SnapshotEntries.Digest(entries);
            var created = Keep(temporary, digest);
            var copied = entries.Where(entry => entry.Kind == SnapshotEntry.FileEntry).ToArray();
            return new Snapshot(digest, DirectoryOf(digest), copied.Length, copied.Sum(entry => entry.Length), created, notes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw SnapshotFailure.CannotWrite(root, error);
        }
        finally
        {
            DirectoryRemoval.Try(temporary);
        }
    }

    /// <summary>Compares every recorded entry with what is there. Reads all of it.</summary>
    public SnapshotCheck Verify(string digest)
    {
        var folder = Path.Combine(root, Checked(digest));
        if (SnapshotEntries.Read(Path.Combine(folder, Entries)) is not { } entries || SnapshotEntries.Digest(entries) != digest)
            return new SnapshotCheck(["the list of its entries is missing or is not the one the digest was made from"], []);

        var content = Path.Combine(folder, Content);
        var problems = entries.Select(entry => (entry.Path, Problem: SnapshotContent.Differs(entry, content))).Where(item => item.Problem is not null)
            .Select(item => $"{item.Path} {item.Problem}").ToImmutableArray();
        return new SnapshotCheck(problems, SnapshotContent.Added(entries, content));
    }

    /// <summary>Removes a snapshot; one that is not there is no error. It disappears under its name at once, even when removing takes long.</summary>
    public void Delete(string digest)
    {
        var folder = Path.Combine(root, Checked(digest));
        var doomed = Path.Combine(root, $"{TemporaryPrefix}0-0-{Path.GetRandomFileName()}");
        try
        {
            Directory.Move(folder, doomed);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        DirectoryRemoval.Try(doomed);
    }

    /// <summary>Removes what a killed process left half-written; what a living one is writing stays.</summary>
    public void Sweep()
    {
        if (!Directory.Exists(root))
            return;
        foreach (var path in Directory.EnumerateDirectories(root, TemporaryPrefix + "*"))
        {
            var owner = Path.GetFileName(path)[TemporaryPrefix.Length..].Split('-');
            var alive = owner.Length >= 2
                && int.TryParse(owner[0], out var pid) && long.TryParse(owner[1], out var ticks)
                && ProcessIdentity.Of(pid)?.StartTicks == ticks;
            if (!alive)
                DirectoryRemoval.Try(path);
        }
    }

    private static List<SnapshotEntry> Copy(ImmutableArray<WalkedFile> files, string content, long limit, CancellationToken cancel)
    {
        PrivateDirectory.Create(content);
        var entries = new List<SnapshotEntry>(files.Length);
        long bytes = 0;
        foreach (var file in files)
        {
            var destination = Path.Combine(content, file.Path);
            switch (file.Kind)
            {
                case FileKind.Directory:
                    PrivateDirectory.Create(destination);
                    entries.Add(SnapshotEntry.Directory(file.Path));
                    break;
                case FileKind.Link:
                    File.CreateSymbolicLink(destination, file.Target!);
                    entries.Add(SnapshotEntry.Link(file.Path, file.Target!));
                    break;
                default:
                    var entry = FileCopy.Copy(
                        file, destination, limit - bytes,
                        () => SnapshotFailure.TooLarge(limit + 1, limit, SnapshotWalk.Largest(files.Append(file))), cancel);
                    bytes += entry.Length;
                    entries.Add(entry);
                    break;
            }
        }

        return entries;
    }

    /// <returns>False when the snapshot was there before.</returns>
    private bool Keep(string temporary, string digest)
    {
        FileSystemFlush.Flush(temporary);
        var final = Path.Combine(root, digest);
        try
        {
            if (!Directory.Exists(final))
            {
                Directory.Move(temporary, final);
                return true;
            }
        }
        catch (IOException) when (Directory.Exists(final))
        {
            // Somebody else finished the same content first.
        }

        Repair(temporary, final, digest);
        return false;
    }

    // A version may be running from it, so a damaged snapshot is mended file by file rather than swapped.
    private static void Repair(string temporary, string final, string digest)
    {
        File.Move(Path.Combine(temporary, Entries), Path.Combine(final, Entries), overwrite: true);
        var content = Path.Combine(final, Content);
        foreach (var entry in SnapshotEntries.Read(Path.Combine(final, Entries)) ?? throw new IOException($"the entries of {digest} cannot be read back"))
        {
            if (SnapshotContent.Differs(entry, content) is null)
                continue;
            var path = Path.Combine(content, entry.Path);
            if (entry.Kind == SnapshotEntry.DirectoryEntry)
            {
                File.Delete(path);
                PrivateDirectory.Create(path);
                continue;
            }

            if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
                Directory.Delete(path, recursive: true);
            File.Move(Path.Combine(temporary, Content, entry.Path), path, overwrite: true);
        }
    }

    private static bool IsDigest(string name) => name.Length == 64 && name.All(char.IsAsciiHexDigitLower);

    // A digest comes from state files; it must not be able to name another folder.
    private static string Checked(string digest) => IsDigest(digest)
        ? digest
        : throw new ExpectedException(
            ExitCode.TargetFailed, $"`{digest}` is not the digest of a snapshot (64 hexadecimal digits).", "Deploy the version again.");
}
