using System.Text.Json.Nodes;

namespace MlDeploy.AwsTwin.Front;

/// <summary>A part of AWS that the twin answers itself. What no service owns goes to moto, untouched.</summary>
internal interface ITwinService
{
    /// <summary>The service in a signature's credential scope, as `monitoring`.</summary>
    string SigningName { get; }

    bool Owns(string action);

    /// <exception cref="AwsError">Rendered in the protocol of the request.</exception>
    Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel);

    /// <summary>This service's section of `GET /_twin/`; null for none.</summary>
    (string Section, JsonNode Content)? Describe() => null;
}

/// <summary>Paths that are no AWS call: a container registry, a notebook's page.</summary>
internal interface ITwinRoute
{
    bool Owns(PathString path);

    Task HandleAsync(HttpContext context);
}

/// <summary>An error as AWS words it.</summary>
internal sealed class AwsError(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;
}
