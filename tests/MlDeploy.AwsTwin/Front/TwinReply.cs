using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.Front;

/// <summary>
/// An answer: an output that the front writes in the protocol of the request, or raw bytes.
/// Put times into an output as `JsonValue.Create(DateTimeOffset)`: they become epoch seconds in JSON, ISO 8601 in XML.
/// Arrays become `member` lists in XML; wrap a map as an array of `{key, value}` under `entry` yourself.
/// </summary>
internal sealed record TwinReply
{
    public int Status { get; init; } = 200;

    public JsonObject? Output { get; init; }

    public byte[]? Raw { get; init; }

    public string ContentType { get; init; } = "application/octet-stream";

    public static TwinReply Empty { get; } = new() { Output = [] };

    public static TwinReply Of(JsonObject output) => new() { Output = output };

    public static TwinReply OfRaw(int status, string contentType, byte[] body) => new() { Status = status, ContentType = contentType, Raw = body };
}
