using System.Globalization;
using System.Net;
using System.Text.Json;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Push;

/// <summary>A registry's answer that is no success.</summary>
/// <param name="code">Of the distribution specification (`NAME_UNKNOWN`); null when the registry gave none.</param>
internal sealed class RegistryException(HttpStatusCode status, string? code, string message, TimeSpan? retryAfter) : Exception(message)
{
    private const int LargestBody = 64 << 10;

    public HttpStatusCode Status { get; } = status;
    public string? Code { get; } = code;
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>The same request may succeed later.</summary>
    public bool Passing => Status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)Status >= 500;

    public static async Task<RegistryException> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = new byte[LargestBody];
        var length = 0;
        if (response.Content is not null)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancel);
            length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel);
        }

        var (code, message) = Error(body.AsMemory(0, length));
        var after = response.Headers.RetryAfter?.Delta;
        return new RegistryException(response.StatusCode, code, message, after < TimeSpan.FromMinutes(5) ? after : null);
    }

    /// <summary>As it ends the command: what was asked of whom, and what to do.</summary>
    public ExpectedException Tell(string host, string repository, string doing)
    {
        var answer = $"the registry {host} answered {((int)Status).ToString(CultureInfo.InvariantCulture)}{(Code is null ? "" : $" {Code}")}{(Message.Length == 0 ? "" : $": {Message}")}";
        return new ExpectedException(ExitCode.TargetFailed, $"{doing} failed: {answer}", Remedy(host, repository), this);
    }

    private string Remedy(string host, string repository)
    {
        var ecr = host.EndsWith(".amazonaws.com", StringComparison.Ordinal) || host.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal);
        return Status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when ecr =>
                $"allow the role ecr:GetAuthorizationToken on *, and ecr:BatchCheckLayerAvailability, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload, ecr:PutImage, ecr:BatchGetImage on the repository {repository}",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"log in with `docker login {host}` as someone who may use {repository}",
            HttpStatusCode.NotFound when Code == "NAME_UNKNOWN" => $"create the repository {repository} first: `mldeploy provision` does for an application's own",
            HttpStatusCode.TooManyRequests => "try again later: the registry takes no more requests for now",
            HttpStatusCode.RequestEntityTooLarge => "split the layer: the registry does not take one so large",
            _ => "run the command again: what has arrived is not sent again",
        };
    }

    private static (string? Code, string Message) Error(ReadOnlyMemory<byte> body)
    {
        try
        {
            return ImageDocument.Read(body, "answer", root =>
                root.ValueKind == JsonValueKind.Object && root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                    ? (Plain(ImageDocument.Text(errors[0], "code")), Plain(ImageDocument.Text(errors[0], "message")) ?? "")
                    : (null, ""));
        }
        catch (ImageDocumentException)
        {
            return (null, "");
        }
    }

    /// <summary>Somebody else's text, shown on a terminal.</summary>
    private static string? Plain(string? text) => text is null ? null : new string([.. text.Where(c => !char.IsControl(c)).Take(300)]);
}
