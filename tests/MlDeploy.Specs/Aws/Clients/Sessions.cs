using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Specs.Aws.Clients;

/// <summary>Sessions of tests: keys of no account, an environment of their own.</summary>
internal static class Sessions
{
    public const string KeyId = "AKIAIOSFODNN7EXAMPLE";
    public const string Secret = "wJalrXUtnFEMI-planted-secret-EXAMPLEKEY";
    public const string Region = "eu-central-1";

    public static RetryOptions Hasty { get; } = new() { FirstDelay = TimeSpan.FromMilliseconds(2), LongestDelay = TimeSpan.FromMilliseconds(10) };

    public static AwsSessionOptions Options(params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        return new AwsSessionOptions
        {
            Variable = name => variables.TryGetValue(name, out var value) ? value : null,
            Time = TimeProvider.System,
            Random = new Random(7),
            Retries = Hasty,
            DefaultChain = () => throw new Amazon.Runtime.AmazonClientException("nothing in the chain"),
        };
    }

    public static AwsSessionOptions At(Uri endpoint, string keyId = KeyId, string secret = Secret) => Options(
        ("AWS_REGION", Region), ("AWS_ACCESS_KEY_ID", keyId), ("AWS_SECRET_ACCESS_KEY", secret), ("AWS_ENDPOINT_URL", endpoint.AbsoluteUri));

    /// <summary>Without network: every request is answered by the function.</summary>
    public static Task<AwsSession> AnsweredAsync(Func<HttpRequestMessage, HttpResponseMessage> answer, Func<AwsSessionOptions, AwsSessionOptions>? more = null)
    {
        var options = At(new Uri("http://stand-in.test")) with { Transport = new Answering(answer) };
        return AwsSession.OpenAsync(more?.Invoke(options) ?? options, CancellationToken.None);
    }

    public static HttpResponseMessage Xml(int status, string body, string? requestId = null) => Reply(status, body, "text/xml", requestId);

    public static HttpResponseMessage Json(int status, string body, string? requestId = null) => Reply(status, body, "application/x-amz-json-1.1", requestId);

    public static HttpResponseMessage Error(int status, string code, string message) => Xml(
        status, $"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>req-1</RequestId></ErrorResponse>");

    private static HttpResponseMessage Reply(int status, string body, string type, string? requestId)
    {
        var reply = new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };
        if (requestId is not null)
        {
            reply.Headers.Add("x-amzn-RequestId", requestId);
        }

        return reply;
    }

    private sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
