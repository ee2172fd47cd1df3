using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.Front;

internal enum WireProtocol
{
    Query,
    Ec2,
    Json,
    RestJson,
    RestXml,
    Cbor,
}

/// <summary>One AWS call as the front door understood it.</summary>
internal sealed record TwinRequest
{
    public required string Service { get; init; }

    public required string Action { get; init; }

    public required WireProtocol Protocol { get; init; }

    public required string Region { get; init; }

    public required string AccessKey { get; init; }

    /// <summary>`client`, or the part of the twin that calls on its behalf (`cloudformation`, `scheduler`).</summary>
    public required string Caller { get; init; }

    public required string Method { get; init; }

    /// <summary>Still escaped, without the query.</summary>
    public required string Path { get; init; }

    public required IReadOnlyDictionary<string, string> Query { get; init; }

    public required IHeaderDictionary Headers { get; init; }

    public required byte[] Body { get; init; }

    /// <summary>
    /// The input whatever the protocol: JSON and CBOR as sent; query forms as a tree, `A.member.1.B` becoming
    /// `{"A":[{"B":…}]}` with every leaf a string (see <see cref="InputReading"/> to read leaves of either kind).
    /// </summary>
    public required JsonObject Input { get; init; }

    /// <summary>The API version of a query call (`2010-05-15`), which its replies' namespace carries.</summary>
    public string? ApiVersion { get; init; }

    public string RequestId { get; } = Guid.NewGuid().ToString();
}
