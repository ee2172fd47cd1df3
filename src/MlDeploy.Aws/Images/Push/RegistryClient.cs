using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Push;

/// <summary>What a registry says of a manifest.</summary>
internal sealed record RemoteManifest(ContentDigest Digest, string MediaType, ReadOnlyMemory<byte> Content);

/// <summary>Where an upload goes on, and how many bytes the registry says that it has.</summary>
/// <param name="Received">Null when it did not say.</param>
internal sealed record UploadState(Uri Location, long? Received);

/// <summary>One repository of one registry, by the requests of the OCI distribution specification 1.1. Each is sent once: retrying is the caller's.</summary>
internal sealed class RegistryClient(HttpClient http, RegistryAccess access, string host, string repository, TimeProvider clock, TimeSpan stalled)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private readonly RegistryAuthentication authentication = new(http, Checked(access, host), host);

    public string Host => host;
    public string Repository => repository;

    /// <returns>Null when there is no such manifest.</returns>
    /// <param name="reference">A tag, or a digest.</param>
    public async Task<ContentDigest?> HeadManifestAsync(string reference, CancellationToken cancel)
    {
        using var response = await SendAsync(() => ManifestRequest(HttpMethod.Head, reference), cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await CheckAsync(response, cancel);
        // The header is optional in the specification; the content itself always tells.
        return Digest(response) ?? (await GetManifestAsync(reference, cancel))?.Digest;
    }

    /// <returns>Null when there is no such manifest. Its content has the digest that is told, whatever the registry says.</returns>
    public async Task<RemoteManifest?> GetManifestAsync(string reference, CancellationToken cancel)
    {
        using var response = await SendAsync(() => ManifestRequest(HttpMethod.Get, reference), cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await CheckAsync(response, cancel);
        var content = await BodyAsync(response, cancel);
        var digest = ContentDigest.Of(content.Span);
        var asked = ContentDigest.Parse(reference) ?? Digest(response) ?? digest;
        return asked == digest
            ? new RemoteManifest(digest, response.Content.Headers.ContentType?.MediaType ?? ImageDocument.MediaType(content) ?? MediaTypes.OciManifest, content)
            : throw Lies($"the content of {repository}@{asked} has the digest {digest}");
    }

    /// <summary>A small blob: an image's configuration.</summary>
    public async Task<ReadOnlyMemory<byte>> GetDocumentAsync(ContentDigest digest, CancellationToken cancel)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, Blob(digest)), cancel);
        await CheckAsync(response, cancel);
        var content = await BodyAsync(response, cancel);
        return ContentDigest.Of(content.Span) == digest ? content : throw Lies($"the content of {digest} has another digest");
    }

    /// <returns>The digest that the registry says it stored.</returns>
    public async Task<ContentDigest?> PutManifestAsync(string reference, ReadOnlyMemory<byte> content, string mediaType, CancellationToken cancel)
    {
        using var response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, Manifest(reference))
            {
                Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
            },
            cancel);
        await CheckAsync(response, cancel);
        return Digest(response);
    }

    public async Task<bool> HasBlobAsync(ContentDigest digest, CancellationToken cancel)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Head, Blob(digest)), cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await CheckAsync(response, cancel);
        return true;
    }

    /// <summary>Begins an upload, or has the registry take the blob from another repository of its own.</summary>
    /// <param name="from">A repository of the same registry that may have it; null: none.</param>
    /// <returns>Null when it was taken from there.</returns>
    public async Task<UploadState?> StartAsync(ContentDigest digest, string? from, CancellationToken cancel)
    {
        var query = from is null ? "" : $"?mount={Uri.EscapeDataString(digest.ToString())}&from={Uri.EscapeDataString(from)}";
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Post, At($"blobs/uploads/{query}")), cancel);
        await CheckAsync(response, cancel);
        return from is not null && response.StatusCode == HttpStatusCode.Created ? null : State(response);
    }

    /// <param name="range">First and last position; null when the content begins at the beginning and is all there is.</param>
    public async Task<UploadState> PatchAsync(Uri location, (long First, long Last)? range, Func<ActivityWatch, HttpContent> content, CancellationToken cancel)
    {
        using var watch = new ActivityWatch(clock, stalled, cancel);
        using var response = await SendAsync(
            () =>
            {
                var body = content(watch);
                body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                if (range is var (first, last))
                {
                    // Without `bytes `: so the distribution specification writes it.
                    body.Headers.TryAddWithoutValidation("Content-Range", string.Create(CultureInfo.InvariantCulture, $"{first}-{last}"));
                }

                return new HttpRequestMessage(HttpMethod.Patch, location) { Content = body };
            },
            watch.Token);
        await CheckAsync(response, watch.Token);
        return State(response, location);
    }

    /// <returns>Null when the registry no longer knows the upload.</returns>
    public async Task<UploadState?> StatusAsync(Uri location, CancellationToken cancel)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, location), cancel);
        return response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Accepted or HttpStatusCode.OK ? State(response, location)
            : (int)response.StatusCode is >= 400 and < 500 and not 401 and not 403 and not 408 and not 429 ? null
            : throw await RegistryException.ReadAsync(response, cancel);
    }

    /// <returns>The digest that the registry says it stored.</returns>
    public async Task<ContentDigest?> FinishAsync(Uri location, ContentDigest digest, CancellationToken cancel)
    {
        var separator = location.Query.Length > 0 ? "&" : "?";
        var target = new Uri($"{location.AbsoluteUri}{separator}digest={Uri.EscapeDataString(digest.ToString())}");
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Put, target) { Content = new ByteArrayContent([]) }, cancel);
        await CheckAsync(response, cancel);
        return Digest(response);
    }

    /// <summary>Lets the registry forget an upload; when it does not, its own cleaning does.</summary>
    public async Task CancelAsync(Uri location, CancellationToken cancel)
    {
        using var response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, location), cancel);
    }

    private HttpRequestMessage ManifestRequest(HttpMethod method, string reference)
    {
        var request = new HttpRequestMessage(method, Manifest(reference));
        foreach (var mediaType in MediaTypes.Manifests)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        }

        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(AnswerWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        var request = make();
        var streams = request.Method == HttpMethod.Patch;
        var first = request;
        try
        {
            return await authentication.SendAsync(() => Interlocked.Exchange(ref first, null!) ?? make(), $"repository:{repository}:pull,push", streams ? cancel : either.Token);
        }
        catch (OperationCanceledException late) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {AnswerWithin.TotalSeconds:0} s", late);
        }
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await RegistryException.ReadAsync(response, cancel);
        }
    }

    private async Task<ReadOnlyMemory<byte>> BodyAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        using var content = new MemoryStream();
        return await Local.ImageFiles.CopyAtMostAsync(stream, content, ImageDocument.LargestBytes, cancel)
            ? content.ToArray()
            : throw Lies($"a document of {repository} has more than {Bytes.Text(ImageDocument.LargestBytes)}");
    }

    private static ContentDigest? Digest(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Docker-Content-Digest", out var values) ? ContentDigest.Parse(values.FirstOrDefault()) : null;

    private UploadState State(HttpResponseMessage response, Uri? before = null)
    {
        var location = response.Headers.Location is { } given ? new Uri(access.Endpoint, given)
            : before ?? throw Lies("an upload was begun, and no Location says where it goes on");
        var range = response.Headers.TryGetValues("Range", out var values) ? values.FirstOrDefault() : null;
        var last = range?.Split('-').LastOrDefault();
        // `0-0` is what registries say of nothing; of one byte too, which is then sent again.
        return new UploadState(location, long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var received) ? (received == 0 ? 0 : received + 1) : null);
    }

    private Uri Manifest(string reference) => At($"manifests/{reference}");

    private Uri Blob(ContentDigest digest) => At($"blobs/{digest}");

    private Uri At(string path) => new(access.Endpoint, $"/v2/{repository}/{path}");

    private ExpectedException Lies(string what) => new(ExitCode.TargetFailed, $"the registry {host} is not to be trusted: {what}", "use another registry, or ask whoever runs it");

    private static RegistryAccess Checked(RegistryAccess access, string host) =>
        access.Endpoint.Scheme == Uri.UriSchemeHttps || (access.Endpoint.Scheme == Uri.UriSchemeHttp && access.Endpoint.IsLoopback)
            ? access
            : throw new ExpectedException(ExitCode.TargetFailed, $"the registry {host} would be reached without encryption", "use https; plain http is for registries on this machine only");
}
