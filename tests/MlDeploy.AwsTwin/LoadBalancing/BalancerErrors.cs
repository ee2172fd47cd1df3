
namespace MlDeploy.AwsTwin.LoadBalancing;

/// <summary>The pages an ALB makes itself.</summary>
internal static class BalancerErrors
{
    public static Task WriteAsync(HttpContext context, int status)
    {
        var title = status switch
        {
            StatusCodes.Status501NotImplemented => "501 Not Implemented",
            StatusCodes.Status502BadGateway => "502 Bad Gateway",
            StatusCodes.Status503ServiceUnavailable => "503 Service Temporarily Unavailable",
            StatusCodes.Status504GatewayTimeout => "504 Gateway Time-out",
            _ => $"{status} Error",
        };
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        context.Response.Headers.Server = "awselb/2.0";
        return context.Response.WriteAsync(
            $"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n");
    }
}
