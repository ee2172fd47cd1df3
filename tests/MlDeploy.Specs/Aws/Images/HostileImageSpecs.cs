using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Aws.Images.Fixture;

namespace MlDeploy.Specs.Aws.Images;

/// <summary>Archives that are damaged, cut, or made to harm: each is refused before a registry is asked, with a sentence.</summary>
public sealed class HostileImageSpecs
{
    /// <summary>Nothing listens there: whatever gets as far as a registry fails otherwise.</summary>
    private const string Nowhere = "127.0.0.1:1/fraud";

    public static TheoryData<string, string> Damaged => new()
    {
        { "empty file", "it is empty" },
        { "text", "it is not a tar archive" },
        { "cut tar", "cut short" },
        { "cut gzip", "cut short" },
        { "damaged gzip", "gzip stream is damaged" },
        { "zstd", "compressed with zstd" },
        { "zip", "compressed with zip" },
        { "no image", "neither an archive of `docker save`" },
        { "entry outside", "leads outside" },
        { "absolute entry", "leads outside" },
        { "layer outside", "outside of the archive" },
        { "missing layer", "is not in it" },
        { "missing blob", "is not in it" },
        { "wrong size", "the manifest says" },
        { "changed manifest", "has another digest" },
        { "huge manifest", "such a document has at most" },
        { "deep json", "not valid JSON" },
        { "no config", "has no config" },
        { "digest that is a path", "has no sha256 digest" },
        { "other platform", "built for linux/arm64" },
        { "several images", "there are several images in it: a:1, b:1" },
        { "layers do not match", "layers, the configuration" },
        { "changed layer", "the image's configuration says" },
        { "gzip bomb", "as no image does" },
        { "layer bomb", "as no layer does" },
        { "link loop", "is not in it" },
        { "long header", "not a tar archive" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task It_is_refused_and_told(string what, string told)
    {
        using var given = new Delivering();

        // Layers are looked at only after the registry was asked for the tag: for those one has to answer.
        using var registry = what is "changed layer" or "layer bomb" ? await DockerRegistry.StartAsync() : null;
        var refused = await given.FailsAsync(Make(given, what), registry is null ? Nowhere : $"{registry.Host}/fraud");

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remedy);
        Assert.DoesNotContain(refused.Message, char.IsControl);
    }

    [Fact]
    public async Task Of_several_images_the_named_one_is_taken()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var given = new Delivering();
        var (a, b) = (BuiltImage.Make(1), BuiltImage.Make(2));
        var archive = given.Archive(a.OciFiles("a:1", ("b:1", b)));

        var delivered = await given.DeliverAsync($"{archive}#b:1", $"{registry.Host}/fraud");
        var unknown = await given.FailsAsync($"{archive}#c:1", $"{registry.Host}/fraud");

        Assert.Equal(b.Digest, delivered.Digest.ToString());
        Assert.Contains("there is no image c:1 in it; it has a:1, b:1", unknown.Message, StringComparison.Ordinal);
    }

    private static string Make(Delivering given, string what)
    {
        var image = BuiltImage.Make();
        var oci = image.OciFiles();
        var docker = image.DockerFiles();
        switch (what)
        {
            case "empty file":
                return Raw(given, []);
            case "text":
                return Raw(given, Encoding.ASCII.GetBytes(new string('x', 4000)));
            case "cut tar":
                return Raw(given, BuiltImage.Tar(oci)[..^30_000]);
            case "cut gzip":
                return Raw(given, BuiltImage.Gzip(BuiltImage.Tar(oci))[..^5_000]);
            case "damaged gzip":
                var gzip = BuiltImage.Gzip(BuiltImage.Tar(oci));
                gzip.AsSpan(500, 200).Clear();
                return Raw(given, gzip);
            case "zstd":
                return Raw(given, [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]);
            case "zip":
                return Raw(given, [0x50, 0x4b, 0x03, 0x04, 0, 0, 0, 0]);
            case "no image":
                return given.Archive(new Dictionary<string, byte[]> { ["readme"] = [1] });
            case "entry outside":
                return given.Archive(new Dictionary<string, byte[]>(oci) { ["blobs/../../../etc/cron.d/x"] = [1] });
            case "absolute entry":
                return given.Archive(new Dictionary<string, byte[]>(oci) { ["/etc/cron.d/x"] = [1] });
            case "layer outside":
                docker["manifest.json"] = Replaced(docker["manifest.json"], docker.Keys.First(), "../../../../etc/passwd");
                return given.Archive(docker);
            case "missing layer":
                docker.Remove(docker.Keys.First());
                return given.Archive(docker);
            case "missing blob":
                oci.Remove(BuiltImage.BlobName(image.Compressed[0]));
                return given.Layout(oci);
            case "wrong size":
                oci[BuiltImage.BlobName(image.Compressed[0])] = image.Compressed[0][..^1];
                return given.Layout(oci);
            case "changed manifest":
                oci[BuiltImage.BlobName(image.Manifest)] = Replaced(image.Manifest, "schemaVersion\":2", "schemaVersion\":3");
                return given.Layout(oci);
            case "huge manifest":
                oci["index.json"] = new byte[5 << 20];
                return given.Layout(oci);
            case "deep json":
                oci["index.json"] = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("[", 100_000)));
                return given.Layout(oci);
            case "no config":
                return given.Layout(Index(oci, new JsonObject { ["schemaVersion"] = 2, ["layers"] = new JsonArray() }));
            case "digest that is a path":
                return given.Layout(Index(oci, new JsonObject { ["config"] = new JsonObject { ["mediaType"] = "x", ["digest"] = "sha256:../../../etc/passwd", ["size"] = 1 }, ["layers"] = new JsonArray() }));
            case "other platform":
                return given.Layout(BuiltImage.Make(1, "arm64").OciFiles());
            case "several images":
                return given.Archive(image.OciFiles("a:1", ("b:1", BuiltImage.Make(2))));
            case "layers do not match":
                var list = JsonNode.Parse(docker["manifest.json"])!;
                list[0]!["Layers"]!.AsArray().RemoveAt(0);
                docker["manifest.json"] = Encoding.UTF8.GetBytes(list.ToJsonString());
                return given.Archive(docker);
            case "changed layer":
                var changed = docker.Keys.First();
                docker[changed][2000] ^= 1;
                return given.Archive(docker);
            case "gzip bomb":
                return Raw(given, Bomb());
            case "layer bomb":
                return LayerBomb(given);
            case "link loop":
                return LinkLoop(given, docker);
            default:
                return LongHeader(given);
        }
    }

    private static string LayerBomb(Delivering given)
    {
        var bomb = Bomb();
        var docker = BuiltImage.Make().DockerFiles();
        docker[docker.Keys.First()] = bomb;
        return given.Archive(docker);
    }

    /// <summary>600 MiB of zeroes in 600 KiB.</summary>
    private static byte[] Bomb()
    {
        using var stream = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeroes = new byte[1 << 20];
            for (var i = 0; i < 600; i++)
            {
                gzip.Write(zeroes);
            }
        }

        return stream.ToArray();
    }

    private static string LinkLoop(Delivering given, Dictionary<string, byte[]> docker)
    {
        var layer = docker.Keys.First();
        docker.Remove(layer);
        using var stream = new MemoryStream(BuiltImage.Tar(docker).AsSpan()[..^1024].ToArray().Concat(Links(layer)).ToArray());
        return Raw(given, stream.ToArray());
    }

    private static byte[] Links(string layer)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, layer) { LinkName = "layer.tar" });
        }

        return stream.ToArray();
    }

    private static string LongHeader(Delivering given)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "x", [new("comment", new string('x', 3 << 20))]));
        }

        return Raw(given, stream.ToArray());
    }

    private static Dictionary<string, byte[]> Index(Dictionary<string, byte[]> files, JsonObject manifest)
    {
        var content = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        files[BuiltImage.BlobName(content)] = content;
        files["index.json"] = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["manifests"] = new JsonArray(new JsonObject { ["mediaType"] = "application/vnd.oci.image.manifest.v1+json", ["digest"] = BuiltImage.DigestOf(content), ["size"] = content.Length }),
        }.ToJsonString());
        return files;
    }

    private static byte[] Replaced(byte[] json, string text, string by) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json).Replace(text, by, StringComparison.Ordinal));

    private static string Raw(Delivering given, byte[] content)
    {
        File.WriteAllBytes(given.Folder.PathTo("app.tar"), content);
        return "archive:app.tar";
    }
}
