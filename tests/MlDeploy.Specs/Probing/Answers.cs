using System.Net;
using System.Text;

namespace MlDeploy.Specs.Probing;

/// <summary>A server that answers as a function says, without a network.</summary>
internal sealed class Answers(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<Uri> Asked { get; } = [];

    public static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Body(Stream stream) => new(HttpStatusCode.OK) { Content = new StreamContent(stream) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Asked.Add(request.RequestUri!);
        return Task.FromResult(answer(request));
    }
}

/// <summary>Gives a byte now and then and never ends.</summary>
internal sealed class DrippingBody : MemoryStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(5, cancellationToken);
        buffer.Span[0] = (byte)' ';
        return 1;
    }
}

/// <summary>Gives as much as is asked for and never ends.</summary>
internal sealed class EndlessBody : MemoryStream
{
    public long Given { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer.Span.Fill((byte)' ');
        Given += buffer.Length;
        return ValueTask.FromResult(buffer.Length);
    }
}
