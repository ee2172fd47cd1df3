using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Clients.Wire;
using Polly;

namespace MlDeploy.Aws.Clients.Calling;

/// <summary>What all callers of a session share.</summary>
internal sealed record CallerParts
{
    public required HttpClient Http { get; init; }
    public required ResiliencePipeline Retries { get; init; }
    public required CallPace Pace { get; init; }
    public required CallCounts Counts { get; init; }
    public required Shapes Shapes { get; init; }
    public required AwsSessionOptions Options { get; init; }
}

/// <summary>
/// Makes the calls of one service: paced, written, signed, sent, repeated where that helps, read. Whatever goes wrong is an
/// <see cref="AwsServiceException"/>, except cancellation.
/// </summary>
internal sealed class ServiceCaller(AwsService service, Uri endpoint, string signingRegion, CallerParts parts)
{
    /// <summary>No reply that we ask for comes near (a template has at most 1 MiB); more is an error, not memory.</summary>
    private const int LargestReply = 32 << 20;

    private static readonly HttpRequestOptionsKey<string> SigningService = new(SigV4SigningHandler.ServiceOptionKey);
    private static readonly HttpRequestOptionsKey<string> SigningRegion = new(SigV4SigningHandler.RegionOptionKey);
    private static readonly ProductInfoHeaderValue Agent = new("mldeploy", typeof(ServiceCaller).Assembly.GetName().Version?.ToString(3));

    private readonly WireProtocol wire = new(service, parts.Shapes);

    private TimeProvider Time => parts.Options.Time;

    public AwsService Service => service;

    public Uri Endpoint => endpoint;

    public async Task<TResponse> SendAsync<TResponse>(IAwsRequest<TResponse> request, CancellationToken stop)
        where TResponse : class
    {
        var action = request.GetType().Name[..^"Request".Length];
        var started = Time.GetTimestamp();
        var call = new CallContext(request.GetType().GetCustomAttribute<NotRepeatableAttribute>() is null, started);
        parts.Counts.Count(service, action);
        await parts.Pace.WaitAsync($"{service}.{action}", stop);
        try
        {
            var reply = await CallRetries.RunAsync(
                parts.Retries,
                call,
                within =>
                {
                    call.Attempts++;
                    return AttemptAsync(action, request, typeof(TResponse), within);
                },
                stop);
            Tell(action, call, reply.Status, reply.RequestId, errorCode: null);
            return (TResponse)reply.Value;
        }
        catch (AwsServiceException failure)
        {
            Tell(action, call, failure.StatusCode, failure.RequestId, failure.Code);
            throw;
        }
    }

    private async Task<Reply> AttemptAsync(string action, object request, Type response, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(parts.Options.Retries.AttemptTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            using var message = Write(action, request);
            using var answer = await parts.Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await BodyAsync(answer, either.Token);
            return answer.IsSuccessStatusCode
                ? new Reply(Read(action, body, response, answer), (int)answer.StatusCode, RequestId(answer))
                : throw Refused(action, body, answer);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw Failure(action, AwsFailureKind.Transient, "NoAnswer", $"no answer within {parts.Options.Retries.AttemptTimeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException broken)
        {
            throw TransportFailures.Unreachable(broken.HttpRequestError)
                ? Failure(action, AwsFailureKind.Unreachable, broken.HttpRequestError.ToString(), TransportFailures.Reason(broken), broken)
                : Failure(action, AwsFailureKind.Transient, broken.HttpRequestError.ToString(), TransportFailures.Reason(broken), broken);
        }
        catch (IOException broken)
        {
            throw Failure(action, AwsFailureKind.Transient, "ConnectionBroken", Redaction.Of(broken.Message), broken);
        }
        catch (AmazonClientException noCredentials)
        {
            throw Failure(action, AwsFailureKind.NoCredentials, "NoCredentials", Redaction.Of(noCredentials.Message), noCredentials);
        }
    }

    private HttpRequestMessage Write(string action, object request)
    {
        var message = wire.Write(action, request, endpoint);
        message.Headers.UserAgent.Add(Agent);
        message.Options.Set(SigningService, service.SigningName);
        message.Options.Set(SigningRegion, signingRegion);
        return message;
    }

    private object Read(string action, byte[] body, Type response, HttpResponseMessage answer)
    {
        try
        {
            return wire.Read(action, body, response);
        }
        catch (Exception unreadable) when (unreadable is FormatException or System.Xml.XmlException or System.Text.Json.JsonException)
        {
            throw Failure(action, AwsFailureKind.NotUnderstood, "NotUnderstood", $"the reply is not understood: {unreadable.Message}", unreadable, answer);
        }
    }

    private AwsServiceException Refused(string action, byte[] body, HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        var error = ErrorReply.Read(body, Header(answer, "x-amzn-ErrorType"), status);

        // moto answers an operation it has not with 500 and a page: asking again is no use. A balancer's page with 502 to 504 passes.
        var kind = error.Page && answer.StatusCode is not (HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            ? AwsFailureKind.NotUnderstood
            : FailureClassifier.Of(error.Code, error.Message, status);
        return Failure(action, kind, error.Code, Redaction.Of(error.Message), inner: null, answer, error.RequestId);
    }

    private AwsServiceException Failure(
        string action, AwsFailureKind kind, string code, string message, Exception? inner = null, HttpResponseMessage? answer = null, string? requestId = null) =>
        new(service, action, kind, code, message, inner)
        {
            StatusCode = answer is null ? 0 : (int)answer.StatusCode,
            RequestId = requestId ?? (answer is null ? null : RequestId(answer)),
            Region = signingRegion,
            Endpoint = endpoint,
            RetryAfter = answer is null ? null : RetryAfter(answer),
        };

    private TimeSpan? RetryAfter(HttpResponseMessage answer)
    {
        var asked = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - Time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return asked > TimeSpan.Zero ? asked : null;
    }

    private static async Task<byte[]> BodyAsync(HttpResponseMessage answer, CancellationToken stop)
    {
        await answer.Content.LoadIntoBufferAsync(LargestReply, stop);
        return await answer.Content.ReadAsByteArrayAsync(stop);
    }

    private static string? RequestId(HttpResponseMessage answer) => Header(answer, "x-amzn-RequestId") ?? Header(answer, "x-amz-request-id");

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private void Tell(string action, CallContext call, int status, string? requestId, string? errorCode) =>
        parts.Options.OnCall?.Invoke(new AwsCall(service, action, status, Time.GetElapsedTime(call.StartedAt), requestId, call.Attempts, errorCode));

    private sealed record Reply(object Value, int Status, string? RequestId);
}
