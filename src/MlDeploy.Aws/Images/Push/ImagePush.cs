using System.Collections.Immutable;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Local;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Push;

/// <summary>Brings an image into a repository: what it consists of first, several blobs at a time; then the manifest; then a look that it is there.</summary>
internal sealed class ImagePush(RegistryClient registry, PushOptions options, TimeProvider clock, Random random)
{
    private readonly Patience patience = new(options, clock, random);

    /// <param name="mountFrom">Other repositories of the same registry that may have some of its layers.</param>
    /// <exception cref="ExpectedException">Exit 3: the image is not what it says it is; nothing of it was published. Exit 7: the registry failed.</exception>
    public async Task<PushProgress> PushAsync(PackedImage image, string tag, ImmutableArray<string> mountFrom, IProgress<PushProgress> progress, CancellationToken cancel)
    {
        var blobs = image.Layers.Append(image.Config).DistinctBy(blob => blob.Descriptor.Digest).ToImmutableArray();
        var tally = new PushTally(blobs, progress);
        try
        {
            await Parallel.ForEachAsync(
                blobs,
                new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(options.Parallel, 1, 16), CancellationToken = cancel },
                async (blob, stop) => tally.Done(blob, await new BlobUpload(registry, blob, mountFrom, options, patience, tally.EventsOf(blob)).RunAsync(stop)));
            await PublishAsync(image, tag, cancel);
        }
        catch (Exception failure) when (Patience.MayPass(failure, cancel) || failure is RegistryException or HttpRequestException)
        {
            throw Tell(failure, $"pushing {registry.Host}/{registry.Repository}:{tag}");
        }

        return tally.Now;
    }

    /// <summary>What a tag names; null when nothing.</summary>
    public async Task<RemoteImage?> FindAsync(string reference, Platform platform, CancellationToken cancel)
    {
        try
        {
            return await patience.RetryAsync(() => RemoteImage.FindAsync(registry, reference, platform, cancel), cancel);
        }
        catch (Exception failure) when (Patience.MayPass(failure, cancel) || failure is RegistryException or HttpRequestException)
        {
            throw Tell(failure, $"looking for {registry.Host}/{registry.Repository} {reference}");
        }
    }

    private async Task PublishAsync(PackedImage image, string tag, CancellationToken cancel)
    {
        var stored = await patience.RetryAsync(() => registry.PutManifestAsync(tag, image.Manifest, image.MediaType, cancel), cancel);
        if (stored is { } other && other != image.Digest)
        {
            throw Wrong($"stored the manifest as {other}, and its digest is {image.Digest}");
        }

        var found = await patience.RetryAsync(() => registry.HeadManifestAsync(tag, cancel), cancel);
        if (found != image.Digest)
        {
            throw Wrong(found is null ? $"took {tag} and does not have it" : $"took {image.Digest} as {tag}, and says that {tag} is {found}");
        }
    }

    private ExpectedException Wrong(string what) =>
        new(ExitCode.TargetFailed, $"the registry {registry.Host} {what}", "run the command again; if it stays so, the registry is broken, or somebody else pushes the same tag");

    private ExpectedException Tell(Exception failure, string doing) => failure is RegistryException refused
        ? refused.Tell(registry.Host, registry.Repository, doing)
        : new ExpectedException(
            ExitCode.TargetFailed,
            $"{doing} failed: the registry {registry.Host} cannot be reached: {(failure is OperationCanceledException ? "nothing moved any more" : failure.InnerException?.Message ?? failure.Message)}",
            "see that it is reachable from here, and run the command again: what has arrived is not sent again",
            failure);
}
