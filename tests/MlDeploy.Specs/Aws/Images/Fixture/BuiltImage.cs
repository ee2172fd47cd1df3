using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MlDeploy.Specs.Aws.Images.Fixture;

/// <summary>An image made in a test out of nothing: its layers are archives of random bytes.</summary>
internal sealed class BuiltImage
{
    private BuiltImage(byte[] config, byte[][] layers, byte[][] compressed)
    {
        Config = config;
        Layers = layers;
        Compressed = compressed;
        Manifest = Json(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", config),
            ["layers"] = new JsonArray([.. compressed.Select(layer => Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", layer))]),
        });
    }

    public byte[] Config { get; }

    /// <summary>Not compressed.</summary>
    public byte[][] Layers { get; }

    public byte[][] Compressed { get; }
    public byte[] Manifest { get; }
    public string Digest => DigestOf(Manifest);
    public IEnumerable<byte[]> Blobs => [Manifest, Config, .. Compressed];

    /// <param name="layers">Bytes of each layer.</param>
    public static BuiltImage Make(int seed = 1, string architecture = "amd64", params int[] layers)
    {
        var random = new Random(seed);
        var tars = (layers.Length == 0 ? [20_000, 30_000] : layers).Select(size =>
        {
            var content = new byte[size];
            random.NextBytes(content);
            return Tar([("model/weights.bin", content)]);
        }).ToArray();
        var config = Json(new JsonObject
        {
            ["architecture"] = architecture,
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Cmd"] = new JsonArray("/app") },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. tars.Select(tar => JsonValue.Create(DigestOf(tar)))]) },
            ["seed"] = seed,
        });
        return new BuiltImage(config, tars, [.. tars.Select(Gzip)]);
    }

    /// <summary>The files of an OCI layout.</summary>
    /// <param name="others">Further images; with them each is named by its platform or its name.</param>
    public Dictionary<string, byte[]> OciFiles(string? name = null, params (string Name, BuiltImage Image)[] others)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["oci-layout"] = Json(new JsonObject { ["imageLayoutVersion"] = "1.0.0" }) };
        var entries = new JsonArray();
        foreach (var (called, image) in others.Prepend((Name: name!, Image: this)))
        {
            var entry = Descriptor("application/vnd.oci.image.manifest.v1+json", image.Manifest);
            if (called is not null)
            {
                entry["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = called };
            }

            entries.Add(entry);
            foreach (var blob in image.Blobs)
            {
                files[BlobName(blob)] = blob;
            }
        }

        files["index.json"] = Json(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = entries });
        return files;
    }

    /// <summary>An OCI layout of one image for several platforms.</summary>
    public static Dictionary<string, byte[]> OciIndexFiles(params (string Architecture, BuiltImage Image)[] platforms)
    {
        var files = platforms.SelectMany(platform => platform.Image.OciFiles()).DistinctBy(file => file.Key).ToDictionary(StringComparer.Ordinal);
        var index = Json(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray([.. platforms.Select(platform =>
            {
                var entry = Descriptor("application/vnd.oci.image.manifest.v1+json", platform.Image.Manifest);
                entry["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = platform.Architecture };
                return entry;
            })]),
        });
        files[BlobName(index)] = index;
        files["index.json"] = Json(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(Descriptor("application/vnd.oci.image.index.v1+json", index)) });
        return files;
    }

    /// <summary>What `docker save` wrote before version 25: layers that are not compressed, named by manifest.json.</summary>
    public Dictionary<string, byte[]> DockerFiles(string tag = "fraud:1", bool gzip = false)
    {
        var layers = gzip ? Compressed : Layers;
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var names = layers.Select((layer, at) => $"{DigestOf(layer)[7..19]}{at}/layer.tar").ToArray();
        foreach (var (name, layer) in names.Zip(layers))
        {
            files[name] = layer;
        }

        var config = $"{DigestOf(Config)[7..]}.json";
        files[config] = Config;
        files["manifest.json"] = Json(new JsonArray(new JsonObject
        {
            [nameof(Config)] = config,
            ["RepoTags"] = new JsonArray(tag),
            [nameof(Layers)] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]),
        }));
        return files;
    }

    public static byte[] Tar(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });
            }
        }

        return stream.ToArray();
    }

    public static byte[] Tar(IReadOnlyDictionary<string, byte[]> files) => Tar(files.Select(file => (file.Key, file.Value)));

    public static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }

    public static void WriteTo(string folder, IReadOnlyDictionary<string, byte[]> files)
    {
        foreach (var (name, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
            File.WriteAllBytes(Path.Combine(folder, name), content);
        }
    }

    public static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public static string BlobName(byte[] content) => $"blobs/sha256/{DigestOf(content)[7..]}";

    private static JsonObject Descriptor(string mediaType, byte[] content) => new() { ["mediaType"] = mediaType, ["digest"] = DigestOf(content), ["size"] = content.Length };

    private static byte[] Json(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());
}
