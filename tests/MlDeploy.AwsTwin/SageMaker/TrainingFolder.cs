using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.SageMaker;

/// <summary>
/// What a training container finds under `/opt/ml`, in a folder of its own: configuration, the channels' data from S3, and
/// room for the model ("How Amazon SageMaker Provides Training Information").
/// </summary>
internal sealed class TrainingFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("twin-training-").FullName;

    public string Model => Path.Combine(Root, "model");

    public string Output => Path.Combine(Root, "output");

    public string Failure => Path.Combine(Output, "failure");

    public async Task FillAsync(JsonObject input, TwinCaller call, CancellationToken cancel)
    {
        foreach (var folder in new[] { Model, Path.Combine(Output, "data"), Path.Combine(Root, "input", "config"), Path.Combine(Root, "code") })
        {
            Directory.CreateDirectory(folder);
        }

        await WriteAsync("hyperparameters.json", input.Object("HyperParameters"), cancel);
        await WriteAsync("resourceconfig.json", new JsonObject { ["current_host"] = "algo-1", ["hosts"] = new JsonArray("algo-1"), ["network_interface_name"] = "lo" }, cancel);
        var channels = new JsonObject();
        foreach (var channel in input.Objects("InputDataConfig"))
        {
            var name = channel.Required("ChannelName");
            channels[name] = new JsonObject { ["TrainingInputMode"] = "File", ["S3DistributionType"] = "FullyReplicated", ["RecordWrapperType"] = "None" };
            await DownloadAsync(channel.Object("DataSource").Object("S3DataSource").Required("S3Uri"), Path.Combine(Root, "input", "data", name), call, cancel);
        }

        await WriteAsync("inputdataconfig.json", channels, cancel);
    }

    /// <returns>The archive of what was written into <see cref="Model"/>.</returns>
    public async Task<byte[]> PackAsync(CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        await using (var zip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            await TarFile.CreateFromDirectoryAsync(Model, zip, includeBaseDirectory: false, cancel);
        }

        return buffer.ToArray();
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private Task WriteAsync(string name, JsonObject content, CancellationToken cancel) =>
        File.WriteAllTextAsync(Path.Combine(Root, "input", "config", name), content.ToJsonString(), cancel);

    private static async Task DownloadAsync(string uri, string folder, TwinCaller call, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var (bucket, prefix) = S3Places.Split(uri);
        var listing = XElement.Parse(await call.S3Async(HttpMethod.Get, $"/{bucket}?list-type=2&prefix={Uri.EscapeDataString(prefix)}", null, cancel));
        var keys = listing.Descendants().Where(one => one.Name.LocalName == "Key").Select(one => one.Value).Where(key => !key.EndsWith('/')).ToList();
        if (keys.Count == 0)
        {
            throw new AwsError("ValidationException", $"No S3 objects found under S3 URL \"{uri}\" given in input data source.");
        }

        foreach (var key in keys)
        {
            var relative = key.Length > prefix.Length && (prefix.Length == 0 || prefix.EndsWith('/') || key[prefix.Length] == '/') ? key[prefix.Length..].TrimStart('/') : Path.GetFileName(key);
            var file = Path.GetFullPath(Path.Combine(folder, relative));
            if (!file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new AwsError("ValidationException", $"The key {key} leads out of its channel's folder");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, await call.S3BytesAsync($"/{bucket}/{S3Places.Escape(key)}", cancel), cancel);
        }
    }
}

/// <summary>`s3://bucket/prefix` and what paths are made of it.</summary>
internal static class S3Places
{
    public static (string Bucket, string Key) Split(string uri) => uri.StartsWith("s3://", StringComparison.Ordinal) && uri[5..].Split('/', 2) is [var bucket, .. var rest]
        ? (bucket, rest.Length > 0 ? rest[0] : "")
        : throw new AwsError("ValidationException", $"{uri} is not an S3 URI");

    public static string Escape(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
}
