using System.Net.Http.Headers;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>Writes the requests of one service and reads its replies.</summary>
internal sealed class WireProtocol(AwsService service, Shapes shapes)
{
    private readonly QueryWriter query = new(shapes, ec2: service.Protocol == AwsProtocol.Ec2);
    private readonly XmlReplyReader xml = new(shapes, service.CamelCase);
    private readonly JsonBodyWriter jsonWriter = new(shapes, service.CamelCase);
    private readonly JsonReplyReader jsonReader = new(shapes, service.CamelCase);
    private readonly RestPath rest = new(shapes);

    /// <summary>A new message at each attempt: each is signed with its own time.</summary>
    public HttpRequestMessage Write(string action, object request, Uri endpoint)
    {
        var root = endpoint.AbsoluteUri.TrimEnd('/');
        switch (service.Protocol)
        {
            case AwsProtocol.Query or AwsProtocol.Ec2:
                return new HttpRequestMessage(HttpMethod.Post, root + "/")
                {
                    Content = new FormUrlEncodedContent(query.Write(action, service.ApiVersion, request)),
                };
            case AwsProtocol.Json:
                var message = new HttpRequestMessage(HttpMethod.Post, root + "/") { Content = Json(jsonWriter.Write(request), $"application/x-amz-json-{service.JsonVersion}") };
                message.Headers.Add("X-Amz-Target", $"{service.TargetPrefix}.{action}");
                return message;
            case AwsProtocol.RestJson:
                var (method, path) = rest.Of(request);
                return new HttpRequestMessage(method, root + path)
                {
                    Content = method == HttpMethod.Get || method == HttpMethod.Delete ? null : Json(jsonWriter.Write(request, RestPath.InBody), "application/json"),
                };
            default:
                throw new InvalidOperationException($"requests of {service} are written by its own client");
        }
    }

    public object Read(string action, byte[] body, Type response) =>
        service.Protocol is AwsProtocol.Json or AwsProtocol.RestJson ? jsonReader.Read(body, response) : xml.Read(body, action, response);

    private static ByteArrayContent Json(byte[] body, string type) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
}
