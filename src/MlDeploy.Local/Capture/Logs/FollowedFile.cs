using System.Security.Cryptography;

namespace MlDeploy.Local.Capture.Logs;

/// <summary>How far a file was read, and how it begins: by that it is known again when it was renamed or copied away.</summary>
/// <param name="Name">Without its folder.</param>
/// <param name="HeadLength">Bytes of its beginning that <paramref name="Head"/> is the digest of.</param>
/// <param name="Position">Bytes that were read, up to the end of a line.</param>
internal sealed record FollowedFile(string Name, int HeadLength, string Head, long Position)
{
    /// <summary>The first lines of two predictions differ within so much.</summary>
    private const int LongestHead = 1024;

    /// <param name="length">Of the file, as far as it is known.</param>
    public static FollowedFile Of(string name, FileStream file, long length, long position)
    {
        var head = (int)Math.Min(LongestHead, length);
        return new FollowedFile(name, head, Digest(file, head), position);
    }

    /// <summary>Whether the file begins as this one did.</summary>
    public bool IsBeginningOf(FileStream file) => file.Length >= HeadLength && Digest(file, HeadLength) == Head;

    /// <summary>The same at another place of reading; a short beginning is known better by now.</summary>
    public FollowedFile At(FileStream file, long position) =>
        HeadLength < LongestHead && position > HeadLength ? Of(Name, file, position, position) : this with { Position = position };

    private static string Digest(FileStream file, int length)
    {
        var head = new byte[length];
        var read = 0;
        while (read < length && RandomAccess.Read(file.SafeFileHandle, head.AsSpan(read), read) is var more and > 0)
        {
            read += more;
        }

        return Convert.ToHexStringLower(SHA256.HashData(head.AsSpan(0, read)));
    }
}
