using System.Collections.Immutable;
using System.Net;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Local;
using MlDeploy.Aws.Images.Naming;
using MlDeploy.Aws.Images.Push;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Probing;

namespace MlDeploy.Aws.Images;

/// <summary>What is to be there, and where.</summary>
/// <param name="Repository">`host/repository`, as ECR gives a repository's URI: where an image of this machine goes.</param>
/// <param name="Version">The version's label; it becomes the tag.</param>
/// <param name="Platform">What the tasks run on.</param>
public sealed record ImageRequest(ImageSource Source, string Repository, string Version, Platform Platform);

public enum DeliveryOutcome
{
    /// <summary>It was pushed now.</summary>
    Pushed,

    /// <summary>The tag names the same content already.</summary>
    AlreadyThere,

    /// <summary>It is used from the registry it is in.</summary>
    InRegistry,
}

/// <param name="Reference">`host/repository@sha256:…`: what a task definition names, and always the same bytes.</param>
/// <param name="Tag">Null when it was asked for by digest alone.</param>
/// <param name="Progress">What was sent and what was skipped; null when nothing was pushed.</param>
public sealed record DeliveredImage(string Reference, ContentDigest Digest, string? Tag, DeliveryOutcome Outcome, PushProgress? Progress);

/// <summary>
/// Makes the image that a manifest names available to the tasks, and says by which digest: an image of this machine is pushed
/// by the registry's own protocol, without a daemon; one in a registry is looked up.
/// </summary>
/// <param name="runner">Runs docker or podman, for images that they have.</param>
/// <param name="environment">What these programs see.</param>
public sealed class ImageDelivery(
    IRegistryCredentials credentials,
    ICommandRunner runner,
    string workingDirectory,
    ImmutableSortedDictionary<string, string> environment,
    TimeProvider clock,
    Random random) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        // A registry may answer a read with where its storage is; credentials do not follow there.
        AllowAutoRedirect = true,
        MaxAutomaticRedirections = 5,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "mldeploy" } },
    };

    /// <summary>How to push; the defaults suit ECR.</summary>
    public PushOptions Options { get; init; } = new();

    /// <exception cref="ExpectedException">
    /// Exit 3: the image is not there, is damaged, or its version names other content already. Exit 7: the registry failed.
    /// </exception>
    public async Task<DeliveredImage> DeliverAsync(ImageRequest request, IProgress<PushProgress> progress, CancellationToken cancel) =>
        request.Source is ImageSource.Registry { Reference: var reference }
            ? await LookUpAsync(reference, request.Platform, cancel)
            : await PushAsync(request, progress, cancel);

    public void Dispose() => http.Dispose();

    private async Task<DeliveredImage> LookUpAsync(ImageReference reference, Platform platform, CancellationToken cancel)
    {
        var push = await RegistryAsync(reference.Host, reference.Repository, cancel);
        var asked = reference.Digest?.ToString() ?? reference.Tag!;
        var found = await push.FindAsync(asked, platform, cancel)
            ?? throw new ExpectedException(ExitCode.Usage, $"there is no image {reference}", $"push it, or name one that {reference.Name} has");
        return new DeliveredImage($"{reference.Name}@{found.Digest}", found.Digest, reference.Tag, DeliveryOutcome.InRegistry, null);
    }

    private async Task<DeliveredImage> PushAsync(ImageRequest request, IProgress<PushProgress> progress, CancellationToken cancel)
    {
        var to = Destination(request);
        using var work = new WorkFolder();
        var image = await LocalImages.OpenAsync(request.Source, request.Platform, new ImageExport(runner, workingDirectory, environment), work, cancel);
        var push = await RegistryAsync(to.Host, to.Repository, cancel);

        // Before layers are compressed: the second deployment of a version costs two requests.
        if (await AlreadyThereAsync(push, to, image.Id, request, cancel) is { } there)
        {
            return there;
        }

        var packed = await PackAsync(image, to, cancel);
        PushProgress done;
        try
        {
            done = await push.PushAsync(packed, to.Tag!, MountableFrom(image, to), progress, cancel);
        }
        catch (ExpectedException refused) when (refused.InnerException is RegistryException { Status: HttpStatusCode.BadRequest or HttpStatusCode.Conflict })
        {
            // Tags are immutable, and somebody else was faster.
            if (await AlreadyThereAsync(push, to, image.Id, request, cancel) is not { } faster)
            {
                throw;
            }

            return faster;
        }

        return new DeliveredImage($"{to.Name}@{packed.Digest}", packed.Digest, to.Tag, DeliveryOutcome.Pushed, done);
    }

    /// <summary>A version's label stands for one content, for good: what a tag names is never replaced.</summary>
    private static async Task<DeliveredImage?> AlreadyThereAsync(ImagePush push, ImageReference to, ContentDigest id, ImageRequest request, CancellationToken cancel)
    {
        var there = await push.FindAsync(to.Tag!, request.Platform, cancel);
        return there is null ? null
            : there.Id == id ? new DeliveredImage($"{to.Name}@{there.Digest}", there.Digest, to.Tag, DeliveryOutcome.AlreadyThere, null)
            : throw new ExpectedException(
                ExitCode.Usage,
                $"version {request.Version} is in {to.Name} already, with other content ({there.Digest}, image {there.Id}; here is image {id})",
                "give this build a label of its own: --set version=…, for instance its commit");
    }

    private static async Task<PackedImage> PackAsync(ILocalImage image, ImageReference to, CancellationToken cancel)
    {
        try
        {
            return await image.PackAsync(cancel);
        }
        catch (ImageDocumentException wrong)
        {
            throw UnusableImage.Because($"the image for {to}", wrong.Message);
        }
        catch (IOException failure)
        {
            throw UnusableImage.Because($"the image for {to}", $"its layers cannot be compressed: {failure.Message}", "make room on the disk for temporary files, or name another with TMPDIR", failure);
        }
    }

    private static ImageReference Destination(ImageRequest request)
    {
        var tag = ImageReference.TagOf(request.Version);
        return ImageReference.Parse($"{request.Repository}:{tag}", out var wrong)
            ?? throw new ExpectedException(ExitCode.Usage, $"version {request.Version} cannot be pushed to {request.Repository}: `{request.Repository}:{tag}` {wrong}", "give the version another label: letters, digits, _ . -");
    }

    /// <summary>The image may be from another repository of this registry, as its names say; whether it has the layers is asked.</summary>
    private static ImmutableArray<string> MountableFrom(ILocalImage image, ImageReference to) =>
        [.. image.Names.Select(name => ImageReference.Parse(name, out _)).OfType<ImageReference>()
            .Where(name => name.Host == to.Host && name.Repository != to.Repository).Select(name => name.Repository).Distinct(StringComparer.Ordinal).Take(2)];

    private async Task<ImagePush> RegistryAsync(string host, string repository, CancellationToken cancel)
    {
        var access = await credentials.FindAsync(host, cancel) ?? new RegistryAccess(RegistryAccess.EndpointOf(host), null, null);
        return new ImagePush(new RegistryClient(http, access, host, repository, clock, Options.Stalled), Options, clock, random);
    }
}
