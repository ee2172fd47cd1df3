using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Push;

/// <summary>
/// Sends requests to a registry as it wants to be asked: with Basic credentials (ECR), or with a token fetched from the service
/// that its challenge names. Credentials go to the registry and to that service, and to nobody that an answer redirects to.
/// </summary>
internal sealed class RegistryAuthentication(HttpClient http, RegistryAccess access, string host)
{
    private const int LargestToken = 256 << 10;

    private volatile AuthenticationHeaderValue? known;

    /// <param name="make">Makes the request anew: one may have to be sent twice.</param>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, string scope, CancellationToken cancel)
    {
        var used = known;
        var response = await SendOnceAsync(make(), used, cancel);
        if (response.StatusCode != HttpStatusCode.Unauthorized || Challenge.Of(response.Headers.WwwAuthenticate) is not { } challenge)
        {
            return response;
        }

        response.Dispose();
        known = await AnswerAsync(challenge, scope, cancel);
        return await SendOnceAsync(make(), known, cancel);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, AuthenticationHeaderValue? header, CancellationToken cancel)
    {
        using (request)
        {
            if (request.RequestUri!.GetLeftPart(UriPartial.Authority) == access.Endpoint.GetLeftPart(UriPartial.Authority))
            {
                request.Headers.Authorization = header;
            }
            else if (!IsPrivate(request.RequestUri))
            {
                throw new ExpectedException(ExitCode.TargetFailed, $"the registry {host} sends uploads on to {request.RequestUri.Host} without encryption", "use a registry that is reached by https");
            }

            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
    }

    private async Task<AuthenticationHeaderValue> AnswerAsync(Challenge challenge, string scope, CancellationToken cancel)
    {
        if (!challenge.Bearer)
        {
            return Basic() ?? throw new ExpectedException(ExitCode.TargetFailed, $"the registry {host} wants a name and a password, and none is known here", $"run `docker login {host}` first");
        }

        if (!IsPrivate(challenge.Realm!))
        {
            throw new ExpectedException(ExitCode.TargetFailed, $"the registry {host} wants credentials sent to {challenge.Realm!.Host} without encryption", "use a registry whose tokens are had by https");
        }

        var query = new UriBuilder(challenge.Realm!);
        query.Query = $"{query.Query.TrimStart('?')}&service={Uri.EscapeDataString(challenge.Service ?? host)}&scope={Uri.EscapeDataString(challenge.Scope ?? scope)}".TrimStart('&');
        using var request = new HttpRequestMessage(HttpMethod.Get, query.Uri);
        request.Headers.Authorization = Basic();
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (!response.IsSuccessStatusCode)
        {
            throw (await RegistryException.ReadAsync(response, cancel)) is { Passing: true } passing
                ? passing
                : new ExpectedException(ExitCode.TargetFailed, $"{challenge.Realm!.Host} gives no token for the registry {host}: {(int)response.StatusCode}", $"log in with `docker login {host}` as someone who may use it");
        }

        return new AuthenticationHeaderValue("Bearer", await TokenAsync(response, cancel));
    }

    private async Task<string> TokenAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = new byte[LargestToken];
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel);
        try
        {
            return ImageDocument.Read(body.AsMemory(0, length), "token", (JsonElement root) => ImageDocument.Text(root, "token") ?? ImageDocument.Text(root, "access_token"))
                ?? throw new ImageDocumentException("it has no token");
        }
        catch (ImageDocumentException wrong)
        {
            throw new ExpectedException(ExitCode.TargetFailed, $"the token for the registry {host} cannot be read: {wrong.Message}", "run the command again; if it stays so, the registry is broken");
        }
    }

    private AuthenticationHeaderValue? Basic() => access.User is null
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{access.User}:{access.Password}")));

    private static bool IsPrivate(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);
}
