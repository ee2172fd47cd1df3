using MlDeploy.AwsTwin.Clock;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.AwsTwin.Front;

/// <summary>One AWS call: understood, spoiled if faults say so, answered by our service or by moto, logged.</summary>
internal sealed class FrontDoor(MotoForwarder moto, FaultInjector faults, RateLimits rates, RequestLog log, TwinClock clock)
{
    private const int LargestCall = 64 << 20;

    public IReadOnlyList<ITwinService> Services { get; set; } = [];

    public async Task HandleAsync(HttpContext context)
    {
        var (_, _, signed) = RequestReading.Scope(context);
        // The network between the client and AWS is cut, not the one within AWS.
        if (faults.IsUnreachable(signed) && RequestReading.Caller(context.Request.Headers) == "client")
        {
            context.Abort();
            return;
        }

        var cancel = context.RequestAborted;
        // Bodies of S3 are data of any size and are streamed; all others are messages.
        var body = signed == "s3" ? null : await ReadAsync(context.Request, cancel);
        TwinRequest? request = null;
        string? refusal = null;
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            var read = request = RequestReading.Read(context, body ?? []);
            // Before the answer is on its way, so that whoever has it finds it counted.
            context.Response.OnStarting(() =>
            {
                log.Add(new LoggedRequest(read.Service, read.Action, clock.GetUtcNow(), read.Caller, context.Response.StatusCode, refusal, TimeProvider.System.GetElapsedTime(began)));
                return Task.CompletedTask;
            });
            rates.Check(request);
            await faults.ApplyAsync(request, cancel);
            if (Services.FirstOrDefault(service => service.SigningName == request.Service && service.Owns(request.Action)) is { } service)
            {
                var reply = await service.AnswerAsync(request, cancel);
                var (contentType, bytes) = reply.Output is { } output ? ReplyWriting.Output(request, output) : (reply.ContentType, reply.Raw ?? []);
                await WriteAsync(context, request, reply.Status, contentType, bytes);
            }
            else
            {
                await moto.ForwardAsync(context, body, cancel);
            }
        }
        catch (AwsError error)
        {
            request ??= RequestReading.Read(context, []);
            refusal = error.Code;
            var (contentType, bytes) = ReplyWriting.Error(request, error);
            context.Response.Headers["X-Amzn-ErrorType"] = error.Code;
            await WriteAsync(context, request, error.Status, contentType, bytes);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception surprise) when (request is not null && !context.Response.HasStarted && surprise is not OutOfMemoryException)
        {
            // A fault of the twin's own: said with its stack, so that nobody takes it for AWS's.
            var (contentType, bytes) = ReplyWriting.Error(request, new AwsError("InternalFailure", $"The twin failed at {request.Service}:{request.Action}: {surprise}", 500));
            await WriteAsync(context, request, 500, contentType, bytes);
        }
    }

    private static async Task WriteAsync(HttpContext context, TwinRequest request, int status, string contentType, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        context.Response.Headers["x-amzn-RequestId"] = request.RequestId;
        if (request.Protocol == WireProtocol.Cbor)
        {
            context.Response.Headers["smithy-protocol"] = "rpc-v2-cbor";
        }

        if (!HttpMethods.IsHead(request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancel);
        return buffer.Length <= LargestCall ? buffer.ToArray() : throw new BadHttpRequestException("A call other than S3's is at most 64 MiB", 413);
    }
}
