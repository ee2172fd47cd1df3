using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text.Json;
using MlDeploy.Aws.Clients;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Clients;

/// <summary>The official description of one service, as the installed botocore carries it.</summary>
internal sealed class ApiModel(JsonElement root)
{
    private static readonly Lazy<string?> Data = new(() => Peer.Run("python3", ["-c", "import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), 'data'))"])?.Trim());
    private static readonly ConcurrentDictionary<string, ApiModel> Read = [];

    public JsonElement Metadata => root.GetProperty("metadata");

    public JsonElement Operations => root.GetProperty("operations");

    /// <summary>Skips the test where botocore is missing.</summary>
    public static ApiModel Of(AwsService service)
    {
        if (Data.Value is null)
        {
            Peer.Missing("botocore");
        }

        return Read.GetOrAdd(service.Name, name =>
        {
            var versions = Path.Combine(Data.Value!, name);
            var file = Directory.GetFiles(versions, "service-2.json*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
            using Stream stream = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(File.OpenRead(file), CompressionMode.Decompress) : File.OpenRead(file);
            return new ApiModel(JsonDocument.Parse(stream).RootElement.Clone());
        });
    }

    public JsonElement Shape(string name) => root.GetProperty("shapes").GetProperty(name);
}
