using System.Collections.Immutable;
using System.Net;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Aws.Images.Local;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Images.Push;

internal enum BlobOutcome
{
    Uploaded,

    /// <summary>The registry took it from another of its repositories.</summary>
    Mounted,

    /// <summary>It was there.</summary>
    Skipped,
}

/// <summary>
/// Brings one blob into a repository, whatever happens on the way: after an interruption the registry is asked how far it
/// came, and the upload goes on from there; when it no longer knows the upload, or its count does not add up, it begins anew.
/// The registry is told to keep the blob only after all bytes sent had the right digest.
/// </summary>
internal sealed class BlobUpload(
    RegistryClient registry, LocalBlob blob, ImmutableArray<string> mountFrom, PushOptions options, Patience patience, UploadEvents events)
{
    /// <summary>Fresh starts of one blob after which it is the registry that is broken.</summary>
    private const int MostRestarts = 3;

    private readonly ContentDigest digest = blob.Descriptor.Digest;
    private readonly long size = blob.Descriptor.Size;

    private UploadState? upload;
    private long sent;
    private int restarts;

    /// <summary>False once the registry has shown that it cannot put parts together.</summary>
    private bool inParts = true;

    public async Task<BlobOutcome> RunAsync(CancellationToken cancel)
    {
        using var reading = new BlobReading(blob, events.Sent);
        var failures = 0;
        var furthest = 0L;
        while (true)
        {
            try
            {
                if (upload is null && await BeginAsync(cancel) is { } outcome)
                {
                    return outcome;
                }

                await SendAsync(reading, cancel);
                CheckDigest(reading.Digest());
                CheckStored(await registry.FinishAsync(upload!.Location, digest, cancel));
                return BlobOutcome.Uploaded;
            }
            catch (UploadLostException)
            {
                Restart();
            }
            catch (RegistryException refused) when (upload is not null && !refused.Passing && LostBy(refused))
            {
                Restart();
            }
            catch (Exception failure) when (Patience.MayPass(failure, cancel) && (failures = sent > furthest ? 1 : failures + 1) < patience.Attempts)
            {
                furthest = Math.Max(furthest, sent);
                await patience.WaitAsync(failures, failure, cancel);
                await FindOutAsync(cancel);
            }
            catch (ExpectedException) when (upload is { } abandoned)
            {
                await ForgetAsync(abandoned, cancel);
                throw;
            }
        }
    }

    /// <returns>Null when there is something to send.</returns>
    private async Task<BlobOutcome?> BeginAsync(CancellationToken cancel)
    {
        if (await registry.HasBlobAsync(digest, cancel))
        {
            return restarts + sent > 0 ? BlobOutcome.Uploaded : BlobOutcome.Skipped;
        }

        sent = 0;
        foreach (var from in restarts == 0 ? mountFrom : [])
        {
            upload = await registry.StartAsync(digest, from, cancel);
            if (upload is null)
            {
                return BlobOutcome.Mounted;
            }
        }

        // A mount that is refused has begun an upload already.
        upload ??= await registry.StartAsync(digest, from: null, cancel);
        return null;
    }

    private async Task SendAsync(BlobReading reading, CancellationToken cancel)
    {
        while (sent < size)
        {
            var first = sent;
            var end = inParts && options.ChunkBytes is { } chunk ? Math.Min(size, first + chunk) : size;
            var whole = first == 0 && end == size;
            upload = await registry.PatchAsync(upload!.Location, whole ? null : (first, end - 1), watch => new BlobContent(reading, first, end, watch), cancel);
            if (upload.Received is { } received && received != end && !(end == 1 && received == 0))
            {
                throw new UploadLostException();
            }

            sent = end;
        }
    }

    /// <summary>After an interruption: how far did it come?</summary>
    private async Task FindOutAsync(CancellationToken cancel)
    {
        if (upload is null)
        {
            return;
        }

        try
        {
            upload = inParts ? await registry.StatusAsync(upload.Location, cancel) : null;
            sent = upload?.Received is { } received && received <= size ? received : 0;
            if (upload is null || sent == 0)
            {
                upload = null;
                events.Restarted();
            }
            else
            {
                events.Resumed(sent);
            }
        }
        catch (Exception failure) when (Patience.MayPass(failure, cancel))
        {
            // Still out of reach: the next round asks again.
        }
    }

    private void Restart()
    {
        if (++restarts > MostRestarts)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed,
                $"the registry {registry.Host} took {digest} {restarts} times and did not keep it",
                "run the command again; if it stays so, the registry or a proxy before it is broken");
        }

        inParts = false;
        upload = null;
        sent = 0;
        events.Restarted();
    }

    /// <summary>Answers of registries that no longer know an upload, or count otherwise than we do.</summary>
    private static bool LostBy(RegistryException refused) =>
        refused.Status is HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable
        || refused.Code is "BLOB_UPLOAD_UNKNOWN" or "BLOB_UPLOAD_INVALID" or "DIGEST_INVALID" or "SIZE_INVALID" or "RANGE_INVALID";

    private void CheckDigest(ContentDigest found)
    {
        if (found != digest)
        {
            throw UnusableImage.Because(digest.ToString(), $"its content has another digest, {found}; nothing of it was published", "save the image again: this copy is damaged or was changed");
        }
    }

    private void CheckStored(ContentDigest? stored)
    {
        if (stored is { } other && other != digest)
        {
            throw new ExpectedException(ExitCode.TargetFailed, $"the registry {registry.Host} stored {digest} as {other}", "use another registry, or ask whoever runs it");
        }
    }

    private async Task ForgetAsync(UploadState abandoned, CancellationToken cancel)
    {
        try
        {
            await registry.CancelAsync(abandoned.Location, cancel);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or TimeoutException)
        {
            // The registry forgets it by itself.
        }
    }

    private sealed class UploadLostException : Exception;
}

/// <summary>What is told of one upload.</summary>
/// <param name="Sent">Position up to which bytes have gone out.</param>
internal sealed record UploadEvents(Action<long> Sent, Action<long> Resumed, Action Restarted);
