using System.Collections.Immutable;
using System.Text.Json;

namespace MlDeploy.Aws.Images.Content;

/// <summary>A document of an image is not what it should be; says what is wrong with it, not where it came from.</summary>
internal sealed class ImageDocumentException(string message) : Exception(message);

/// <summary>The manifest of one platform: its configuration and its layers, lowest first.</summary>
internal sealed record ImageManifest(string MediaType, Descriptor Config, ImmutableArray<Descriptor> Layers);

/// <summary>What a configuration says of the image: for whom it was built, and the digests of its layers when unpacked.</summary>
internal sealed record ImageConfig(Platform Platform, ImmutableArray<ContentDigest> DiffIds);

/// <summary>Reads manifests, indexes and configurations: untrusted, so bounded in size, depth and number.</summary>
internal static class ImageDocument
{
    /// <summary>Registries take manifests up to this; OCI distribution 1.1, "manifests … SHOULD be limited to 4 MiB".</summary>
    public const int LargestBytes = 4 << 20;

    /// <summary>Docker builds at most 127 layers; other builders a few more.</summary>
    private const int MostLayers = 512;

    private const int MostEntries = 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>What the document says that it is; an OCI document may leave it to whoever names it.</summary>
    public static string? MediaType(ReadOnlyMemory<byte> json) => Read(json, "manifest", root => Text(root, "mediaType"));

    public static ImageManifest Manifest(ReadOnlyMemory<byte> json, string mediaType) => Read(json, "manifest", root =>
    {
        if (root.TryGetProperty("schemaVersion", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) && number == 1)
        {
            throw new ImageDocumentException("the manifest has schema version 1, which registries no longer take");
        }

        var config = root.TryGetProperty("config", out var written) ? Descriptor(written, "config") : throw new ImageDocumentException("the manifest has no config");
        return new ImageManifest(Text(root, "mediaType") ?? mediaType, config, Descriptors(root, "layers", MostLayers));
    });

    /// <summary>The entries of an index (of several platforms, or of a layout).</summary>
    public static ImmutableArray<Descriptor> Index(ReadOnlyMemory<byte> json) => Read(json, "index", root => Descriptors(root, "manifests", MostEntries));

    public static ImageConfig Config(ReadOnlyMemory<byte> json) => Read(json, "configuration", root =>
    {
        var layers = root.TryGetProperty("rootfs", out var rootfs) && rootfs.ValueKind == JsonValueKind.Object && rootfs.TryGetProperty("diff_ids", out var ids) && ids.ValueKind == JsonValueKind.Array
            ? ids.EnumerateArray().Select(id => ContentDigest.Parse(id.ValueKind == JsonValueKind.String ? id.GetString() : null) ?? throw new ImageDocumentException("the configuration names a layer by something that is no sha256 digest")).ToImmutableArray()
            : throw new ImageDocumentException("the configuration has no rootfs.diff_ids");
        return new ImageConfig(
            new Platform(Text(root, "os") ?? throw new ImageDocumentException("the configuration names no os"), Text(root, "architecture") ?? throw new ImageDocumentException("the configuration names no architecture")),
            layers);
    });

    /// <summary>Parses and reads; everything that JSON can get wrong becomes one exception.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> json, string what, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? read(document.RootElement)
                : throw new ImageDocumentException($"the {what} is no JSON object");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw new ImageDocumentException($"the {what} is not valid JSON, or has another shape");
        }
    }

    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ImmutableArray<Descriptor> Descriptors(JsonElement root, string name, int most)
    {
        if (!root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array)
        {
            throw new ImageDocumentException($"it has no {name}");
        }

        return list.GetArrayLength() <= most
            ? [.. list.EnumerateArray().Select(item => Descriptor(item, name))]
            : throw new ImageDocumentException($"it has {list.GetArrayLength()} {name}, more than {most}");
    }

    private static Descriptor Descriptor(JsonElement element, string where)
    {
        var mediaType = Text(element, "mediaType") ?? throw new ImageDocumentException($"an entry of {where} has no mediaType");
        var written = Text(element, "digest");
        var digest = ContentDigest.Parse(written) ?? throw new ImageDocumentException($"an entry of {where} has no sha256 digest");
        if (!element.TryGetProperty("size", out var size) || !size.TryGetInt64(out var bytes) || bytes < 0)
        {
            throw new ImageDocumentException($"{digest} in {where} has no size");
        }

        var platform = element.TryGetProperty("platform", out var of) && Text(of, "os") is { } system && Text(of, "architecture") is { } architecture ? new Platform(system, architecture) : null;
        var name = element.TryGetProperty("annotations", out var annotations) ? Text(annotations, "org.opencontainers.image.ref.name") ?? Text(annotations, "io.containerd.image.name") : null;
        return new Descriptor(mediaType, digest, bytes, platform, name);
    }
}
