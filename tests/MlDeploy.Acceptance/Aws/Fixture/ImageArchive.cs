using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>An image as `docker save` writes it, made out of nothing; what it runs here is the twin's matter.</summary>
internal static class ImageArchive
{
    /// <param name="seed">Another one is another image; the same one is the same, whenever it is written.</param>
    public static void Write(string path, int seed)
    {
        var content = new byte[100_000];
        new Random(seed).NextBytes(content);
        var layer = Tar(("usr/share/nginx/html/model.bin", content));
        var config = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Cmd"] = new JsonArray("nginx", "-g", "daemon off;") },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray($"sha256:{Digest(layer)}") },
        }.ToJsonString());
        var manifest = new JsonArray(new JsonObject
        {
            ["Config"] = $"{Digest(config)}.json",
            ["RepoTags"] = new JsonArray("nginx:1"),
            ["Layers"] = new JsonArray("layer.tar"),
        });
        File.WriteAllBytes(path, Tar(($"{Digest(config)}.json", config), ("layer.tar", layer), ("manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()))));
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), ModificationTime = DateTimeOffset.UnixEpoch });
            }
        }

        return stream.ToArray();
    }
}
