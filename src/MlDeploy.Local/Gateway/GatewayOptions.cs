namespace MlDeploy.Local.Gateway;

/// <summary>What one application's gateway is started with; none of it changes while it runs.</summary>
public sealed record GatewayOptions
{
    /// <summary>The application's name, for messages.</summary>
    public required string Application { get; init; }

    /// <summary>Address for HTTP/1.1 and WebSocket, <c>host:port</c>; port 0 takes a free one.</summary>
    public required string Listen { get; init; }

    /// <summary>Second address for cleartext HTTP/2 with prior knowledge; null for none.</summary>
    public string? ListenHttp2 { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Shuffles the weighted split and seeds cookie ids; used while starting and in <c>SetRoutes</c>, never by a request.</summary>
    public required Random Random { get; init; }

    /// <summary>Null writes none.</summary>
    public AccessLogOptions? AccessLog { get; init; }
}

/// <param name="Path">The file written now; older ones are <c>Path.1</c> (newest) to <c>Path.Keep</c>.</param>
/// <param name="MaxBytes">Size at which the file is rotated; 64 MiB by default, as a day's log should stay readable in an editor.</param>
/// <param name="Keep">Rotated files kept, at least 1.</param>
public sealed record AccessLogOptions(string Path, long MaxBytes = 64L << 20, int Keep = 4);
