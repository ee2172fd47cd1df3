using System.Text;
using Microsoft.AspNetCore.Http;

namespace MlDeploy.Local.Gateway.Forwarding;

/// <summary>The small JSON body under an error that the gateway, not the application, answers.</summary>
internal static class ErrorReply
{
    private static readonly byte[] BadGateway = Body("the version that serves this request did not accept or broke the connection");
    private static readonly byte[] Unavailable = Body("no version is serving");
    private static readonly byte[] TimedOut = Body("the version that serves this request did not answer in time");
    private static readonly byte[] BadRequest = Body("the request could not be read");

    public static Task WriteAsync(HttpResponse response)
    {
        var body = response.StatusCode switch
        {
            StatusCodes.Status502BadGateway => BadGateway,
            StatusCodes.Status503ServiceUnavailable => Unavailable,
            StatusCodes.Status504GatewayTimeout => TimedOut,
            _ => BadRequest,
        };
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method) || response.HttpContext.RequestAborted.IsCancellationRequested
            ? Task.CompletedTask
            : response.Body.WriteAsync(body).AsTask();
    }

    private static byte[] Body(string error) => Encoding.UTF8.GetBytes($$"""{"error":"{{error}}"}""");
}
