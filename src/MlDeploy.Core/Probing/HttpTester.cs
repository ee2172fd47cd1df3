using System.Globalization;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Core.Probing;

/// <summary>Asks one question over HTTP and compares the answer with what is expected.</summary>
public static class HttpTester
{
    private const int LargestAnswer = 4 << 20;

    /// <returns>Null when the answer is as expected, else one sentence that says what was expected and what came.</returns>
    public static async Task<string?> RunAsync(HttpClient http, Uri baseAddress, PreTrafficTest test, CancellationToken cancel)
    {
        var ask = test.Http ?? throw new ArgumentException("not an HTTP test", nameof(test));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(test.Timeout);
        try
        {
            using var request = Request(baseAddress, ask);
            using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            var body = await BoundedBody.ReadAsync(reply, LargestAnswer, timeout.Token);
            return Compare(ask, (int)reply.StatusCode, body);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"no answer to {ask.Method} {ask.Path} within {Rollout.Words.Of(test.Timeout)}";
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Whatever a candidate answers, or a test asks that cannot be asked: the test fails, nothing else does.
            return $"{ask.Method} {ask.Path}: {Rollout.Words.FirstLine(failure.Message)}";
        }
    }

    private static HttpRequestMessage Request(Uri baseAddress, HttpTest ask)
    {
        var request = new HttpRequestMessage(new HttpMethod(ask.Method), Address(baseAddress, ask.Path));
        if (ask.Body is not null)
        {
            request.Content = new StringContent(ask.Body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in ask.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    /// <summary>The path is asked of the candidate whatever it looks like: `//elsewhere/` is a path, too.</summary>
    private static Uri Address(Uri baseAddress, string path) => new($"{baseAddress.GetLeftPart(UriPartial.Authority)}{(path is ['/', ..] ? "" : "/")}{path}");

    private static string? Compare(HttpTest ask, int status, byte[] body)
    {
        if (status != ask.ExpectStatus)
        {
            return $"{ask.Method} {ask.Path} answered {status}, expected {ask.ExpectStatus}: {BodyExcerpt.Of(body)}";
        }

        if (ask.ExpectJson.IsDefaultOrEmpty)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
            return ask.ExpectJson.Select(expectation => Compare(expectation, json.RootElement)).FirstOrDefault(problem => problem is not null);
        }
        catch (JsonException)
        {
            return $"{ask.Method} {ask.Path} answered no JSON: {BodyExcerpt.Of(body)}";
        }
    }

    private static string? Compare(JsonExpectation expected, JsonElement root)
    {
        if (JsonPath.Find(root, expected.Path) is not { } found)
        {
            return $"the answer has nothing at {expected.Path}";
        }

        if (expected.EqualsJson is { } exact)
        {
            using var wanted = JsonDocument.Parse(exact);
            return JsonElement.DeepEquals(wanted.RootElement, found) ? null : $"{expected.Path} is {BodyExcerpt.Of(found)}, expected {exact}";
        }

        if (expected.Min is null && expected.Max is null)
        {
            return null;
        }

        if (found.ValueKind != JsonValueKind.Number || !found.TryGetDouble(out var number) || !double.IsFinite(number))
        {
            return $"{expected.Path} is {BodyExcerpt.Of(found)}, expected a number";
        }

        return number < expected.Min || number > expected.Max
            ? string.Create(CultureInfo.InvariantCulture, $"{expected.Path} is {number}, expected {Range(expected)}")
            : null;
    }

    private static string Range(JsonExpectation expected) => (expected.Min, expected.Max) switch
    {
        ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
        ({ } min, _) => string.Create(CultureInfo.InvariantCulture, $"at least {min}"),
        (_, { } max) => string.Create(CultureInfo.InvariantCulture, $"at most {max}"),
        _ => "any",
    };
}
