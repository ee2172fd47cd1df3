using System.Formats.Tar;
using MlDeploy.Aws.Images.Content;

namespace MlDeploy.Aws.Images.Local;

/// <summary>
/// The files inside a tar archive, read in place: nothing is extracted, so no name in it can lead anywhere. Only where each
/// begins and how long it is are kept in memory.
/// </summary>
internal sealed class TarFiles : IImageFiles
{
    /// <summary>An image has a few hundred entries; its layers are archives of their own.</summary>
    private const int MostEntries = 100_000;

    /// <summary>Links in an archive of docker lead to a layer that another image of it has too.</summary>
    private const int MostLinks = 8;

    private readonly string path;
    private readonly Dictionary<string, (long Start, long Length)> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);

    private TarFiles(string path, string where)
    {
        this.path = path;
        Where = where;
    }

    public string Where { get; }

    /// <param name="path">Not compressed.</param>
    /// <exception cref="ImageDocumentException">It is not an archive, is cut short, or is not one of an image.</exception>
    public static async Task<TarFiles> ReadAsync(string path, string where, CancellationToken cancel)
    {
        var found = new TarFiles(path, where);
        try
        {
            await using var file = new HeaderStream(path);
            await using var reader = new TarReader(file, leaveOpen: true);
            while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                file.NextHeader();
                found.Add(entry, file.Length);
            }
        }
        catch (Exception wrong) when (wrong is InvalidDataException or EndOfStreamException or FormatException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new ImageDocumentException($"it is not a tar archive, or is cut short ({wrong.Message.TrimEnd('.')})");
        }

        return found;
    }

    public long? Length(string name) => Find(name) is { } slice ? slice.Length : null;

    public Stream Open(string name)
    {
        var (start, length) = Find(name) ?? throw new FileNotFoundException($"{name} is not in {Where}");
        return new SliceStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous), start, length);
    }

    private void Add(TarEntry entry, long archiveLength)
    {
        if (files.Count + links.Count >= MostEntries)
        {
            throw new ImageDocumentException($"it has more than {MostEntries} entries: it holds files, not an image (save one with `docker save`)");
        }

        var name = Normal(entry.Name);
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                if (entry.DataOffset + entry.Length > archiveLength)
                {
                    throw new ImageDocumentException($"it is cut short: {name} should have {Bytes.Text(entry.Length)}");
                }

                files[name] = (entry.DataOffset, entry.Length);
                break;
            case TarEntryType.SymbolicLink:
                links[name] = Resolved(name, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                links[name] = Normal(entry.LinkName);
                break;
        }
    }

    private (long Start, long Length)? Find(string name)
    {
        for (var hop = 0; hop <= MostLinks; hop++)
        {
            if (files.TryGetValue(name, out var slice))
            {
                return slice;
            }

            if (!links.TryGetValue(name, out name!))
            {
                return null;
            }
        }

        return null;
    }

    private static string Resolved(string link, string target)
    {
        var parts = link.Split('/')[..^1].ToList();
        foreach (var part in target.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ""))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private static string Normal(string name)
    {
        var parts = name.Split('/').Where(part => part is not ("" or ".")).ToArray();
        return name.StartsWith('/') || parts.Contains("..")
            ? throw new ImageDocumentException($"it has an entry that leads outside of it ({(name.Length > 100 ? name[..100] + "…" : name)})")
            : string.Join('/', parts);
    }

    /// <summary>The archive for a reader of headers. The library takes a header of any length into memory; an image's are short.</summary>
    private sealed class HeaderStream(string path) : FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 4096, FileOptions.Asynchronous)
    {
        private const int LongestHeader = 1 << 20;
        private int read;

        public void NextHeader() => read = 0;

        public override int Read(Span<byte> buffer) => Counted(base.Read(Bounded(buffer.Length) ? buffer : []));

        public override int Read(byte[] buffer, int offset, int count) => Counted(Bounded(count) ? base.Read(buffer, offset, count) : 0);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Counted(Bounded(buffer.Length) ? await base.ReadAsync(buffer, cancellationToken) : 0);

        private static bool Bounded(int wanted) => wanted <= LongestHeader ? true : throw new InvalidDataException("an entry's header is too long");

        private int Counted(int count) => (read += count) <= LongestHeader ? count : throw new InvalidDataException("an entry's header is too long");
    }
}
