using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Registry;

/// <summary>ECR's registry: the OCI distribution protocol under `/v2/`, for whoever has a token of ECR.</summary>
internal sealed partial class RegistryRoute(RegistryTokens tokens, TwinContext twin) : ITwinRoute, IDisposable
{
    private const int LargestManifest = 4 << 20;

    private readonly BlobStore blobs = new();
    private readonly RegistryImages images = new(twin);

    /// <summary>
    /// Lose what follows the first part of an upload and still say that it was taken, as ECR has been seen to
    /// (aws/containers-roadmap 2831).
    /// </summary>
    public bool LosesLaterParts { get; set; }

    public bool Owns(PathString path) => path.StartsWithSegments("/v2", StringComparison.Ordinal);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await AnswerAsync(context);
        }
        catch (AwsError refused)
        {
            await RefuseAsync(context.Response, refused.Status == 403 ? 403 : 400, refused.Code == "ImageTagAlreadyExistsException" ? "TAG_INVALID" : "DENIED", refused.Message);
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException or BadHttpRequestException)
        {
            context.Abort();
        }
    }

    public void Dispose()
    {
        blobs.Dispose();
        images.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response, cancel) = (context.Request, context.Response, context.RequestAborted);
        response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        if (tokens.RegionOf(request.Headers.Authorization.ToString()) is not { } region)
        {
            response.Headers.WWWAuthenticate = $"Basic realm=\"{request.Scheme}://{request.Host}/\",service=\"ecr.amazonaws.com\"";
            await RefuseAsync(response, 401, "UNAUTHORIZED", "Not Authorized");
            return;
        }

        if (request.Path.Value is "/v2" or "/v2/")
        {
            return;
        }

        if (Paths().Match(request.Path.Value!) is not { Success: true } match)
        {
            await RefuseAsync(response, 404, "UNSUPPORTED", "no such path");
            return;
        }

        var repository = match.Groups["name"].Value;
        // An upload that was begun proves that its repository was there then.
        if (request.Method is not ("PATCH" or "PUT") && !await images.HasRepositoryAsync(region, repository, cancel))
        {
            await RefuseAsync(response, 404, "NAME_UNKNOWN", $"The repository with name '{repository}' does not exist in the registry with id '{TwinAccount.Id}'");
            return;
        }

        var rest = match.Groups["rest"].Value;
        await (match.Groups["kind"].Value switch
        {
            "manifests" => ManifestAsync(context, region, repository, rest),
            "blobs/uploads" => UploadAsync(context, repository, rest.Trim('/')),
            _ => BlobAsync(context, repository, rest),
        });
    }

    private async Task ManifestAsync(HttpContext context, string region, string repository, string reference)
    {
        var (request, response, cancel) = (context.Request, context.Response, context.RequestAborted);
        if (HttpMethods.IsPut(request.Method))
        {
            await PutManifestAsync(context, region, repository, reference);
            return;
        }

        if (await images.FindAsync(region, repository, reference, cancel) is not var (content, mediaType, digest))
        {
            await RefuseAsync(response, 404, "MANIFEST_UNKNOWN", "Requested image not found");
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(content);
        response.Headers["Docker-Content-Digest"] = digest;
        response.ContentType = mediaType;
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(request.Method))
        {
            await response.Body.WriteAsync(bytes, cancel);
        }
    }

    private async Task PutManifestAsync(HttpContext context, string region, string repository, string reference)
    {
        var (request, response, cancel) = (context.Request, context.Response, context.RequestAborted);
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content, cancel);
        if (content.Length > LargestManifest)
        {
            await RefuseAsync(response, 413, "MANIFEST_INVALID", "the manifest is too large");
            return;
        }

        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)))}";
        var text = Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
        var manifest = (JsonObject)JsonNode.Parse(text)!;
        var missing = manifest.Objects("layers").Prepend(manifest.Object("config")).Select(blob => blob.Text("digest")).OfType<string>().FirstOrDefault(blob => blobs.Find(repository, blob) is null);
        if (missing is not null)
        {
            await RefuseAsync(response, 404, "BLOB_UNKNOWN", $"blob {missing} is not known to the registry");
            return;
        }

        await images.PutAsync(region, repository, reference, text, request.ContentType ?? "", digest, cancel);
        response.Headers["Docker-Content-Digest"] = digest;
        response.Headers.Location = $"/v2/{repository}/manifests/{digest}";
        response.StatusCode = 201;
    }

    private async Task BlobAsync(HttpContext context, string repository, string digest)
    {
        var response = context.Response;
        if (blobs.Find(repository, digest) is not { } file)
        {
            await RefuseAsync(response, 404, "BLOB_UNKNOWN", "blob unknown to registry");
            return;
        }

        response.Headers["Docker-Content-Digest"] = digest;
        response.ContentType = "application/octet-stream";
        response.ContentLength = new FileInfo(file).Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await response.SendFileAsync(file, context.RequestAborted);
        }
    }

    private async Task UploadAsync(HttpContext context, string repository, string id)
    {
        var (request, response, cancel) = (context.Request, context.Response, context.RequestAborted);
        if (HttpMethods.IsPost(request.Method))
        {
            Begin(request, response, repository);
            return;
        }

        if (blobs.Upload(repository, id) is not { } upload)
        {
            await RefuseAsync(response, 404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
            return;
        }

        switch (request.Method)
        {
            case "PATCH":
                var at = request.Headers.ContentRange.ToString().Split('-')[0];
                var first = long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : (long?)null;
                if (await upload.AppendAsync(request.Body, first, LosesLaterParts && upload.Parts > 0, cancel) is not { } received)
                {
                    await RefuseAsync(response, 416, "BLOB_UPLOAD_INVALID", "the part does not go on where the last one ended");
                    return;
                }

                Tell(response, upload, received);
                response.StatusCode = LosesLaterParts ? 201 : 202;
                return;
            case "GET":
                Tell(response, upload, await upload.ReceivedAsync(cancel));
                response.StatusCode = 204;
                return;
            case "PUT":
                await FinishAsync(context, upload);
                return;
            default:
                blobs.Forget(upload);
                response.StatusCode = 204;
                return;
        }
    }

    private void Begin(HttpRequest request, HttpResponse response, string repository)
    {
        if (request.Query["mount"].ToString() is { Length: > 0 } mount && blobs.Mount(request.Query["from"].ToString(), repository, mount))
        {
            response.Headers["Docker-Content-Digest"] = mount;
            response.Headers.Location = $"/v2/{repository}/blobs/{mount}";
            response.StatusCode = 201;
            return;
        }

        Tell(response, blobs.Begin(repository), 0);
        response.StatusCode = 202;
    }

    private async Task FinishAsync(HttpContext context, Upload upload)
    {
        var (request, response, cancel) = (context.Request, context.Response, context.RequestAborted);
        var digest = request.Query["digest"].ToString();
        await upload.AppendAsync(request.Body, null, drop: false, cancel);
        if (!await blobs.FinishAsync(upload, digest, cancel))
        {
            await RefuseAsync(response, 400, "DIGEST_INVALID", $"what was received does not have the digest {digest}");
            return;
        }

        response.Headers["Docker-Content-Digest"] = digest;
        response.Headers.Location = $"/v2/{upload.Repository}/blobs/{digest}";
        response.StatusCode = 201;
    }

    private static void Tell(HttpResponse response, Upload upload, long received)
    {
        response.Headers.Location = $"/v2/{upload.Repository}/blobs/uploads/{upload.Id}";
        response.Headers.Range = string.Create(CultureInfo.InvariantCulture, $"0-{Math.Max(0, received - 1)}");
        response.Headers["Docker-Upload-UUID"] = upload.Id;
    }

    private static async Task RefuseAsync(HttpResponse response, int status, string code, string message)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        await response.WriteAsync(new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["code"] = code, ["message"] = message }) }.ToJsonString());
    }

    [GeneratedRegex(@"^/v2/(?<name>.+?)/(?<kind>manifests|blobs/uploads|blobs)/(?<rest>[^/]*/?)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Paths();
}
