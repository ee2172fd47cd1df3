using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using MlDeploy.Aws.Images.Content;

namespace MlDeploy.Aws.Images.Local;

/// <summary>
/// An image of `docker save`: a configuration and its layers as archives, mostly not compressed. They are compressed here, and
/// each is checked against the digest that the configuration gives of its unpacked content.
/// </summary>
internal sealed class DockerImage : ILocalImage
{
    public const string ListName = "manifest.json";

    private readonly IImageFiles files;
    private readonly WorkFolder work;
    private readonly ReadOnlyMemory<byte> config;
    private readonly ImmutableArray<(string Name, ContentDigest DiffId)> layers;

    private DockerImage(IImageFiles files, WorkFolder work, ReadOnlyMemory<byte> config, ImmutableArray<(string, ContentDigest)> layers, ImmutableArray<string> names)
    {
        this.files = files;
        this.work = work;
        this.config = config;
        this.layers = layers;
        Names = names;
        Id = ContentDigest.Of(config.Span);
    }

    public ContentDigest Id { get; }
    public ImmutableArray<string> Names { get; }

    public static bool IsArchive(IImageFiles files) => files.Length(ListName) is not null;

    /// <param name="work">Where layers are compressed.</param>
    public static async Task<DockerImage> OpenAsync(IImageFiles files, string? name, Platform platform, WorkFolder work, CancellationToken cancel)
    {
        var list = await files.DocumentAsync(ListName, cancel) ?? throw UnusableImage.Because(files.Where, $"there is no {ListName} in it");
        var saved = Chosen(files, ImageDocument.Read(list, ListName, Entries), name);
        var content = await files.DocumentAsync(saved.Config, cancel) ?? throw UnusableImage.Because(files.Where, $"the configuration {saved.Config} is not in it");
        var config = ImageDocument.Config(content);
        if (config.Platform != platform)
        {
            throw ImageChoice.WrongPlatform(files.Where, [config.Platform], platform);
        }

        if (config.DiffIds.Length != saved.Layers.Length)
        {
            throw UnusableImage.Because(files.Where, $"{ListName} names {saved.Layers.Length} layers, the configuration {config.DiffIds.Length}");
        }

        foreach (var missing in saved.Layers.Where(layer => files.Length(layer) is null))
        {
            throw UnusableImage.Because(files.Where, $"the layer {missing} is not in it");
        }

        return new DockerImage(files, work, content, [.. saved.Layers.Zip(config.DiffIds)], saved.Names);
    }

    public async Task<PackedImage> PackAsync(CancellationToken cancel)
    {
        var packed = new LocalBlob[layers.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, layers.Length),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel },
            async (at, stop) => packed[at] = await LayerPacking.PackAsync(files, layers[at].Name, layers[at].DiffId, work, stop));
        var configured = new LocalBlob(new Descriptor(MediaTypes.DockerConfig, Id, config.Length), () => new MemoryStream(config.ToArray(), writable: false));
        return new PackedImage(Manifest(configured.Descriptor, packed), MediaTypes.DockerManifest, configured, [.. packed]);
    }

    private static Saved Chosen(IImageFiles files, ImmutableArray<Saved> saved, string? name)
    {
        var matching = name is null ? saved : [.. saved.Where(image => image.Names.Contains(name, StringComparer.Ordinal))];
        return matching switch
        {
            [var one] => one,
            _ when saved.IsEmpty => throw UnusableImage.Because(files.Where, "there is no image in it"),
            _ => throw ImageChoice.Needed(files.Where, name, saved.SelectMany(image => image.Names.IsEmpty ? [image.Config] : image.Names)),
        };
    }

    private static ImmutableArray<Saved> Entries(JsonElement root) =>
        root.GetArrayLength() > 256
            ? throw new ImageDocumentException($"{ListName} names {root.GetArrayLength()} images")
            : [.. root.EnumerateArray().Select(image => new Saved(
                Name(ImageDocument.Text(image, "Config") ?? throw new ImageDocumentException($"{ListName} has an image without Config")),
                [.. Texts(image, "Layers").Select(Name)],
                [.. Texts(image, "RepoTags")]))];

    private static string Name(string written) =>
        written.Split('/') is var parts && (written.StartsWith('/') || parts.Any(part => part is ".." or "." or ""))
            ? throw new ImageDocumentException($"{ListName} names a file that lies outside of the archive")
            : written;

    private static IEnumerable<string> Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(item => item.GetString() ?? "").Take(1024) : [];

    /// <summary>The manifest that `docker push` would make, always with the same bytes for the same layers.</summary>
    private static ReadOnlyMemory<byte> Manifest(Descriptor config, IEnumerable<LocalBlob> layers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.DockerManifest);
        json.WritePropertyName("config");
        Write(json, config);
        json.WriteStartArray("layers");
        foreach (var layer in layers)
        {
            Write(json, layer.Descriptor);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, Descriptor descriptor)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", descriptor.MediaType);
        json.WriteNumber("size", descriptor.Size);
        json.WriteString("digest", descriptor.Digest.ToString());
        json.WriteEndObject();
    }

    private sealed record Saved(string Config, ImmutableArray<string> Layers, ImmutableArray<string> Names);
}
