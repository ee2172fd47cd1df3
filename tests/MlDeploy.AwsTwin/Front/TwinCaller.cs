using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace MlDeploy.AwsTwin.Front;

/// <summary>
/// Calls the twin's own front door as one of AWS's services would call another: ordinary requests with a credential scope,
/// so that they are routed, denied and logged like anyone's.
/// </summary>
internal sealed class TwinCaller(Uri endpoint, string caller, string region) : IDisposable
{
    private static readonly Dictionary<string, string> ApiVersions = new()
    {
        ["cloudformation"] = "2010-05-15",
        ["elasticloadbalancing"] = "2015-12-01",
        ["monitoring"] = "2010-08-01",
        ["sns"] = "2010-03-31",
        ["iam"] = "2010-05-08",
        ["sts"] = "2011-06-15",
        ["ec2"] = "2016-11-15",
    };

    private static readonly Dictionary<string, string> TargetPrefixes = new()
    {
        ["codedeploy"] = "CodeDeploy_20141006",
        ["ecr"] = "AmazonEC2ContainerRegistry_V20150921",
        ["ecs"] = "AmazonEC2ContainerServiceV20141113",
        ["application-autoscaling"] = "AnyScaleFrontendService",
        ["sagemaker"] = "SageMaker",
        ["logs"] = "Logs_20140328",
        ["events"] = "AWSEvents",
        ["kms"] = "TrentService",
        ["ssm"] = "AmazonSSM",
        ["secretsmanager"] = "secretsmanager",
        ["monitoring"] = "GraniteServiceVersion20100801",
        ["sqs"] = "AmazonSQS",
    };

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(5) };

    public string Region => region;

    /// <summary>A query or EC2 call. Arrays become `Name.member.N` (`Name.N` for EC2), objects dotted names.</summary>
    /// <returns>The reply's root, namespaces removed.</returns>
    /// <exception cref="AwsError"/>
    public async Task<XElement> QueryAsync(string service, string action, JsonObject input, CancellationToken cancel)
    {
        var form = new List<KeyValuePair<string, string>> { new("Action", action), new("Version", ApiVersions[service]) };
        Flatten(form, "", input, service == "ec2" ? "" : "member.");
        using var content = new FormUrlEncodedContent(form);
        var (status, body) = await SendAsync(service, HttpMethod.Post, "/", content, [], cancel);
        return status < 400 ? Plain(XElement.Parse(body)) : throw XmlError(status, body);
    }

    /// <exception cref="AwsError"/>
    public async Task<JsonObject> JsonAsync(string service, string action, JsonObject input, CancellationToken cancel)
    {
        using var content = new StringContent(input.ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        var (status, body) = await SendAsync(service, HttpMethod.Post, "/", content, [new("X-Amz-Target", $"{TargetPrefixes[service]}.{action}")], cancel);
        return status < 400 ? Parse(body) : throw JsonError(status, body);
    }

    /// <exception cref="AwsError"/>
    public async Task<JsonObject> RestJsonAsync(string service, HttpMethod method, string path, JsonObject? input, CancellationToken cancel)
    {
        using var content = input is null ? null : new StringContent(input.ToJsonString(), Encoding.UTF8, "application/json");
        var (status, body) = await SendAsync(service, method, path, content, [], cancel);
        return status < 400 ? Parse(body) : throw JsonError(status, body);
    }

    /// <summary>S3, path style.</summary>
    /// <exception cref="AwsError"/>
    public async Task<string> S3Async(HttpMethod method, string path, HttpContent? content, CancellationToken cancel, params KeyValuePair<string, string>[] headers)
    {
        var (status, body) = await SendAsync("s3", method, path, content, headers, cancel);
        return status < 400 ? body : throw XmlError(status, body);
    }

    /// <summary>An object's content.</summary>
    /// <exception cref="AwsError"/>
    public async Task<byte[]> S3BytesAsync(string path, CancellationToken cancel)
    {
        using var request = Signed("s3", HttpMethod.Get, path, null, []);
        using var reply = await http.SendAsync(request, cancel);
        var body = await reply.Content.ReadAsByteArrayAsync(cancel);
        return reply.IsSuccessStatusCode ? body : throw XmlError((int)reply.StatusCode, Encoding.UTF8.GetString(body));
    }

    public void Dispose() => http.Dispose();

    private async Task<(int Status, string Body)> SendAsync(
        string service, HttpMethod method, string path, HttpContent? content, KeyValuePair<string, string>[] headers, CancellationToken cancel)
    {
        using var request = Signed(service, method, path, content, headers);
        using var reply = await http.SendAsync(request, cancel);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(cancel));
    }

    private HttpRequestMessage Signed(string service, HttpMethod method, string path, HttpContent? content, KeyValuePair<string, string>[] headers)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        var date = DateTimeOffset.UtcNow.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=twin/{date}/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
        request.Headers.Add(RequestReading.CallerHeader, caller);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static void Flatten(List<KeyValuePair<string, string>> form, string prefix, JsonNode? node, string listPrefix)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                {
                    Flatten(form, prefix.Length == 0 ? name : $"{prefix}.{name}", value, listPrefix);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    Flatten(form, $"{prefix}.{listPrefix}{i + 1}", items[i], listPrefix);
                }

                break;
            case JsonValue value:
                form.Add(new(prefix, InputReading.Plain(value)));
                break;
        }
    }

    private static XElement Plain(XElement element)
    {
        foreach (var each in element.DescendantsAndSelf())
        {
            each.Name = each.Name.LocalName;
        }

        return element;
    }

    private static JsonObject Parse(string body) => body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? [];

    private static AwsError XmlError(int status, string body)
    {
        try
        {
            var root = Plain(XElement.Parse(body));
            string? Field(string name) => root.DescendantsAndSelf(name).FirstOrDefault()?.Value;
            return new AwsError(Field("Code") ?? "Unknown", Field("Message") ?? body, status);
        }
        catch (System.Xml.XmlException)
        {
            return new AwsError("InternalFailure", Shortened(body), status);
        }
    }

    private static AwsError JsonError(int status, string body)
    {
        try
        {
            var error = Parse(body);
            return new AwsError((error.Text("__type") ?? "Unknown").Split('#')[^1], error.Text("message") ?? error.Text("Message") ?? body, status);
        }
        catch (JsonException)
        {
            return new AwsError("InternalFailure", Shortened(body), status);
        }
    }

    private static string Shortened(string body) => body.Length > 300 ? body[..300] : body;
}
