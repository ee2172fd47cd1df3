using System.Text;

namespace MlDeploy.Core.Model.Sketches;

/// <summary>Numbers names given as UTF-8 from 0 on, without making a string of each. A name longer than it keeps is kept shortened, with a digest of the rest.</summary>
public sealed class Utf8Table
{
    /// <summary>Bytes of a name that are kept.</summary>
    public const int LongestName = 64;

    private const int DigestLength = 17;

    private int[] heads = new int[16];
    private int[] next = new int[8];
    private uint[] hashes = new uint[8];
    private byte[][] names = new byte[8][];
    private byte[] lengths = new byte[8];

    public int Count { get; private set; }

    public string this[int index] => Encoding.UTF8.GetString(Bytes(index));

    public ReadOnlySpan<byte> Bytes(int index) => names[index].AsSpan(0, lengths[index]);

    /// <returns>-1 when there is no such name.</returns>
    public int Find(ReadOnlySpan<byte> name)
    {
        Span<byte> shortened = stackalloc byte[LongestName];
        return Lookup(Kept(name, shortened), out _);
    }

    public int FindOrAdd(ReadOnlySpan<byte> name)
    {
        Span<byte> shortened = stackalloc byte[LongestName];
        var kept = Kept(name, shortened);
        var index = Lookup(kept, out var hash);
        if (index >= 0)
        {
            return index;
        }

        if (Count == names.Length)
        {
            Grow();
        }

        index = Count++;
        Put(index, kept, hash);
        return index;
    }

    public int FindOrAdd(string name) => FindOrAdd(Encoding.UTF8.GetBytes(name));

    /// <summary>Gives a number to another name, which is not in the table yet.</summary>
    public void Replace(int index, ReadOnlySpan<byte> name)
    {
        ref var link = ref heads[hashes[index] & (uint)(heads.Length - 1)];
        while (link - 1 != index)
        {
            link = ref next[link - 1];
        }

        link = next[index];
        Span<byte> shortened = stackalloc byte[LongestName];
        var kept = Kept(name, shortened);
        Put(index, kept, Hash(kept));
    }

    private int Lookup(ReadOnlySpan<byte> kept, out uint hash)
    {
        hash = Hash(kept);
        for (var link = heads[hash & (uint)(heads.Length - 1)]; link != 0; link = next[link - 1])
        {
            if (hashes[link - 1] == hash && kept.SequenceEqual(Bytes(link - 1)))
            {
                return link - 1;
            }
        }

        return -1;
    }

    private void Put(int index, ReadOnlySpan<byte> kept, uint hash)
    {
        if (names[index] is not { } room || room.Length < kept.Length)
        {
            names[index] = room = new byte[kept.Length <= 16 ? 16 : LongestName];
        }

        kept.CopyTo(room);
        lengths[index] = (byte)kept.Length;
        hashes[index] = hash;
        ref var head = ref heads[hash & (uint)(heads.Length - 1)];
        next[index] = head;
        head = index + 1;
    }

    private void Grow()
    {
        Array.Resize(ref next, 2 * next.Length);
        Array.Resize(ref hashes, next.Length);
        Array.Resize(ref names, next.Length);
        Array.Resize(ref lengths, next.Length);
        heads = new int[2 * next.Length];
        for (var index = 0; index < Count; index++)
        {
            ref var head = ref heads[hashes[index] & (uint)(heads.Length - 1)];
            next[index] = head;
            head = index + 1;
        }
    }

    private static ReadOnlySpan<byte> Kept(ReadOnlySpan<byte> name, Span<byte> shortened)
    {
        if (name.Length <= LongestName)
        {
            return name;
        }

        // Not in the middle of a character.
        var cut = LongestName - DigestLength;
        while (cut > 0 && (name[cut] & 0xC0) == 0x80)
        {
            cut--;
        }

        name[..cut].CopyTo(shortened);
        shortened[cut] = (byte)'~';
        var digest = 14695981039346656037UL;
        foreach (var letter in name)
        {
            digest = (digest ^ letter) * 1099511628211UL;
        }

        digest.TryFormat(shortened[(cut + 1)..], out var written, "x16");
        return shortened[..(cut + 1 + written)];
    }

    /// <summary>FNV-1a (Fowler, Noll and Vo).</summary>
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return hash ^ (hash >> 15);
    }
}
