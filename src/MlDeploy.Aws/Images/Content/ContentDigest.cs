using System.Buffers;
using System.Security.Cryptography;

namespace MlDeploy.Aws.Images.Content;

/// <summary>What names content in an image: the SHA-256 of its bytes. Other algorithms are not in use by registries and are refused.</summary>
/// <param name="Hex">64 lower-case hexadecimal digits.</param>
public readonly record struct ContentDigest(string Hex)
{
    private const string Prefix = "sha256:";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <returns>Null when the text is not `sha256:` and 64 lower-case hexadecimal digits.</returns>
    public static ContentDigest? Parse(string? text) =>
        text is { Length: 71 } && text.StartsWith(Prefix, StringComparison.Ordinal) && text.AsSpan(Prefix.Length).IndexOfAnyExcept(Digits) < 0
            ? new ContentDigest(text[Prefix.Length..])
            : null;

    public static ContentDigest Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    public static async Task<ContentDigest> OfAsync(Stream content, CancellationToken cancel) =>
        new(Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel)));

    public override string ToString() => Prefix + Hex;
}
