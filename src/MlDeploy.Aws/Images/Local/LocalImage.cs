using System.Collections.Immutable;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Local;

/// <summary>Content of known digest and length that can be read from any position, more than once and at the same time.</summary>
/// <param name="Open">Opens it at its beginning; the stream can seek. What it yields is not trusted: whoever reads it checks the digest.</param>
internal sealed record LocalBlob(Descriptor Descriptor, Func<Stream> Open);

/// <summary>An image as a registry takes it: everything it consists of, and the manifest that names it.</summary>
internal sealed record PackedImage(ReadOnlyMemory<byte> Manifest, string MediaType, LocalBlob Config, ImmutableArray<LocalBlob> Layers)
{
    public ContentDigest Digest { get; } = ContentDigest.Of(Manifest.Span);

    public long Bytes => Layers.Sum(layer => layer.Descriptor.Size);
}

/// <summary>An image of one platform on this machine.</summary>
internal interface ILocalImage
{
    /// <summary>
    /// The digest of its configuration, which names the digests of all its layers: two images with the same configuration
    /// have the same content, however their layers are compressed. It is what docker calls the image's id.
    /// </summary>
    ContentDigest Id { get; }

    /// <summary>Names it goes by where it comes from; not trusted.</summary>
    ImmutableArray<string> Names { get; }

    /// <summary>Makes it ready for a registry; for layers that are not compressed yet this takes time and temporary space.</summary>
    Task<PackedImage> PackAsync(CancellationToken cancel);
}

/// <summary>How it is told that an image on this machine cannot be used: nothing was touched yet.</summary>
internal static class UnusableImage
{
    public static ExpectedException Because(string where, string what, string remedy = "build or save the image again", Exception? inner = null) =>
        new(ExitCode.Usage, $"{where}: {what}", remedy, inner);
}
