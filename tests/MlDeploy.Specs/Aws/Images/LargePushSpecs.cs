using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Specs.Analysis.Simulation;
using MlDeploy.Specs.Aws.Images.Fixture;

namespace MlDeploy.Specs.Aws.Images;

/// <summary>Images of machine learning are large: what a push keeps in memory must not grow with them.</summary>
public sealed class LargePushSpecs
{
    private const long LayerBytes = 1L << 30;

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task A_layer_of_a_gibibyte_is_pushed_in_a_few_mebibytes_and_survives_a_cut()
    {
        using var registry = await DockerRegistry.StartAsync();
        using var wire = new FaultyProxy(registry.Port, 300 << 20);
        using var given = new Delivering { Options = new PushOptions { ChunkBytes = 64 << 20, FirstWait = TimeSpan.FromMilliseconds(50) } };
        var layout = await WriteAsync(given, seed: 1);
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var peak = 0L;
        var clock = Stopwatch.StartNew();
        using var sampling = new Timer(_ => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)), null, 0, 50);

        var delivered = await given.DeliverAsync(layout, $"{wire.Host}/large");

        Assert.InRange(peak - before, 0, 32 << 20);
        var seconds = clock.Elapsed.TotalSeconds;
        MeasurementsFile.Add(
            "Image push",
            "| layer | to | rate | most on the heap | cuts | resumed | begun anew |",
            string.Create(CultureInfo.InvariantCulture, $"| 1 GiB | docker-registry on loopback | {LayerBytes / seconds / (1 << 20):0} MiB/s | {(peak - before) / (1024.0 * 1024):0.0} MiB | 1 | {delivered.Progress!.Resumed} | {delivered.Progress.Restarted} |"));
        Assert.Equal(delivered.Digest.ToString(), (await registry.PullManifestAsync("large", "1")).Digest);
    }

    private static async Task<string> WriteAsync(Delivering given, int seed)
    {
        var small = BuiltImage.Make(seed);
        var files = small.OciFiles();
        BuiltImage.WriteTo(given.Folder.PathTo("layout"), files);
        var random = new Random(seed);
        var path = given.Folder.PathTo("layout/layer");
        var block = new byte[1 << 20];
        await using (var file = File.Create(path))
        {
            for (var written = 0L; written < LayerBytes; written += block.Length)
            {
                random.NextBytes(block);
                await file.WriteAsync(block);
            }
        }

        string digest;
        await using (var file = File.OpenRead(path))
        {
            digest = "sha256:" + Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(file));
        }

        File.Move(path, given.Folder.PathTo($"layout/blobs/sha256/{digest[7..]}"));
        var manifest = (JsonObject)JsonNode.Parse(small.Manifest)!;
        manifest["layers"]![0]!["digest"] = digest;
        manifest["layers"]![0]!["size"] = LayerBytes;
        var content = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        var index = Encoding.UTF8.GetString(files["index.json"]).Replace(small.Digest, BuiltImage.DigestOf(content), StringComparison.Ordinal).Replace($"\"size\":{small.Manifest.Length}", $"\"size\":{content.Length}", StringComparison.Ordinal);
        BuiltImage.WriteTo(given.Folder.PathTo("layout"), new Dictionary<string, byte[]> { [BuiltImage.BlobName(content)] = content, ["index.json"] = Encoding.UTF8.GetBytes(index) });
        return "oci:layout";
    }
}
