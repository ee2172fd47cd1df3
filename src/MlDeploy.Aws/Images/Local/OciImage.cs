using System.Collections.Immutable;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Local;

/// <summary>An image of an OCI layout. It is pushed byte for byte as it stands there: what was tested is what goes live.</summary>
internal sealed class OciImage : ILocalImage
{
    private const string IndexName = "index.json";

    /// <summary>An index in a layout may name the index of an image; deeper nesting nobody writes.</summary>
    private const int DeepestIndex = 3;

    private readonly PackedImage packed;

    private OciImage(PackedImage packed, ImmutableArray<string> names)
    {
        this.packed = packed;
        Names = names;
    }

    public ContentDigest Id => packed.Config.Descriptor.Digest;
    public ImmutableArray<string> Names { get; }
    public bool Compressed => packed.Layers.All(layer => !MediaTypes.IsUncompressedLayer(layer.Descriptor.MediaType));

    public static bool IsLayout(IImageFiles files) => files.Length("oci-layout") is not null && files.Length(IndexName) is not null;

    /// <param name="name">Which of several; null when there is one.</param>
    public static async Task<OciImage> OpenAsync(IImageFiles files, string? name, Platform platform, CancellationToken cancel)
    {
        var index = await files.DocumentAsync(IndexName, cancel)
            ?? throw UnusableImage.Because(files.Where, $"there is no {IndexName} in it, so it is no OCI layout", "name the folder that `buildah push … oci:DIR` or `docker buildx build --output type=oci` wrote");
        var root = Chosen(files, ImageDocument.Index(index), name);
        var manifest = await ManifestAsync(files, root, platform, cancel);
        var content = await BlobAsync(files, manifest, cancel);
        var read = ImageDocument.Manifest(content, manifest.MediaType);
        var config = ImageDocument.Config(await BlobAsync(files, read.Config, cancel));
        if (config.Platform != platform)
        {
            throw WrongPlatform(files, [config.Platform], platform);
        }

        return new OciImage(
            new PackedImage(content, read.MediaType, Blob(files, read.Config), [.. read.Layers.Select(layer => Blob(files, layer))]),
            root.Name is null ? [] : [root.Name]);
    }

    public Task<PackedImage> PackAsync(CancellationToken cancel) => Task.FromResult(packed);

    private static Descriptor Chosen(IImageFiles files, ImmutableArray<Descriptor> entries, string? name)
    {
        var images = entries.Where(entry => MediaTypes.IsIndex(entry.MediaType) || MediaTypes.IsManifest(entry.MediaType)).ToArray();
        var matching = name is null ? images : [.. images.Where(image => image.Name is { } written && Goes(written, name))];
        return matching switch
        {
            [var one] => one,
            // Some builders list one image once for each of its names.
            [var first, ..] when matching.All(other => other.Digest == first.Digest) => first,
            [] when images.Length == 0 => throw UnusableImage.Because(files.Where, "there is no image in it"),
            _ => throw ImageChoice.Needed(files.Where, name, images.Select(image => image.Name ?? image.Digest.ToString())),
        };

        static bool Goes(string written, string wanted) => written == wanted || written.EndsWith("/" + wanted, StringComparison.Ordinal);
    }

    /// <summary>Follows an index to the manifest of the platform.</summary>
    /// <remarks>Fargate runs one platform: the others, and what builders attest, would be uploaded for nobody.</remarks>
    private static async Task<Descriptor> ManifestAsync(IImageFiles files, Descriptor descriptor, Platform platform, CancellationToken cancel)
    {
        for (var depth = 0; depth < DeepestIndex && MediaTypes.IsIndex(descriptor.MediaType); depth++)
        {
            var entries = ImageDocument.Index(await BlobAsync(files, descriptor, cancel));
            var name = descriptor.Name;
            descriptor = entries.FirstOrDefault(entry => entry.Platform == platform)
                ?? (entries is [var only] ? only : throw WrongPlatform(files, entries.Select(entry => entry.Platform).OfType<Platform>(), platform));
            descriptor = descriptor with { Name = name };
        }

        return MediaTypes.IsManifest(descriptor.MediaType)
            ? descriptor
            : throw UnusableImage.Because(files.Where, $"{descriptor.Digest} is {descriptor.MediaType}, which is no image");
    }

    /// <summary>A document by its digest, checked.</summary>
    private static async Task<ReadOnlyMemory<byte>> BlobAsync(IImageFiles files, Descriptor descriptor, CancellationToken cancel)
    {
        var blob = Blob(files, descriptor);
        var content = await files.DocumentAsync(ImageFiles.BlobName(blob.Descriptor.Digest), cancel) ?? throw Missing(files, descriptor);
        return ContentDigest.Of(content.Span) == descriptor.Digest
            ? content
            : throw UnusableImage.Because(files.Where, $"the content of {descriptor.Digest} has another digest: {ContentDigest.Of(content.Span)}");
    }

    private static LocalBlob Blob(IImageFiles files, Descriptor descriptor)
    {
        var name = ImageFiles.BlobName(descriptor.Digest);
        var length = files.Length(name) ?? throw Missing(files, descriptor);
        return length == descriptor.Size
            ? new LocalBlob(descriptor, () => files.Open(name))
            : throw UnusableImage.Because(files.Where, $"{descriptor.Digest} has {length} bytes, the manifest says {descriptor.Size}");
    }

    private static ExpectedException Missing(IImageFiles files, Descriptor descriptor) =>
        UnusableImage.Because(files.Where, $"{descriptor.Digest} ({descriptor.MediaType}) is not in it", "save the image whole: a layout without all its blobs cannot be pushed");

    private static ExpectedException WrongPlatform(IImageFiles files, IEnumerable<Platform> found, Platform wanted) => ImageChoice.WrongPlatform(files.Where, found, wanted);
}

/// <summary>What is told when an image does not say which, or is not what it has to be.</summary>
internal static class ImageChoice
{
    public static ExpectedException Needed(string where, string? name, IEnumerable<string> names)
    {
        var all = names.Take(20).ToArray();
        return UnusableImage.Because(
            where,
            name is null ? $"there are several images in it: {string.Join(", ", all)}" : $"there is no image {name} in it; it has {string.Join(", ", all)}",
            $"say which: archive:{where}#{all.FirstOrDefault() ?? "NAME"}");
    }

    public static ExpectedException WrongPlatform(string where, IEnumerable<Platform> found, Platform wanted)
    {
        var all = string.Join(", ", found.Select(platform => platform.ToString()).Distinct(StringComparer.Ordinal));
        return UnusableImage.Because(where, $"it is built for {(all.Length == 0 ? "no platform it names" : all)}, and the tasks run {wanted}", $"build it with --platform {wanted}");
    }
}
