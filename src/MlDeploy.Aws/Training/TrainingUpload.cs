using System.Collections.Immutable;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Images.Content;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Training;

/// <param name="Version">The object's version in the bucket.</param>
/// <param name="Skipped">The same content was there.</param>
public sealed record UploadedObject(string Key, string Version, ContentDigest Digest, long Bytes, bool Skipped);

/// <param name="File">What is being sent.</param>
public sealed record UploadProgress(string File, long BytesSent, long BytesTotal);

/// <summary>
/// Brings files into the training bucket: in parts, each with a SHA-256 that S3 checks; what is there with the same content is not
/// sent again, so that it keeps its version.
/// </summary>
public sealed class TrainingUpload(AwsSession session, string bucket)
{
    /// <summary>Our own note of the whole content's digest: S3's own checksum of an object in parts is one of the parts' checksums.</summary>
    private const string DigestName = "sha256";

    /// <summary>S3 takes at most 10,000 parts of an object, each of at least 5 MiB; this reaches 160 GiB before parts have to grow.</summary>
    private const long PartBytes = 16 << 20;

    private readonly IAmazonS3 s3 = session.S3;

    /// <param name="prefix">Where they go, with a slash at its end.</param>
    /// <exception cref="ExpectedException">Exit 7: S3 refused, or has something else now than was sent; exit 3: a file changed meanwhile.</exception>
    public async Task<ImmutableArray<UploadedObject>> RunAsync(string prefix, ImmutableArray<TrainingFile> files, IProgress<UploadProgress> progress, CancellationToken stop)
    {
        try
        {
            var total = files.Sum(file => file.Bytes);
            var before = 0L;
            var uploaded = ImmutableArray.CreateBuilder<UploadedObject>();
            foreach (var file in files)
            {
                var begun = before;
                uploaded.Add(await OneAsync(prefix + file.Name, file, sent => progress.Report(new UploadProgress(file.Name, begun + sent, total)), stop));
                before += file.Bytes;
                progress.Report(new UploadProgress(file.Name, before, total));
            }

            return uploaded.ToImmutable();
        }
        catch (AmazonServiceException failure)
        {
            throw Failure(failure);
        }
    }

    /// <summary>Everything under a prefix as it is now.</summary>
    public async Task<ImmutableArray<UploadedObject>> ListAsync(string prefix, CancellationToken stop)
    {
        try
        {
            var found = ImmutableArray.CreateBuilder<UploadedObject>();
            await foreach (var entry in s3.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket, Prefix = prefix }).S3Objects.WithCancellation(stop))
            {
                if (await HeadAsync(entry.Key, stop) is { } there)
                {
                    found.Add(there);
                }
            }

            return found.ToImmutable();
        }
        catch (AmazonServiceException failure)
        {
            throw Failure(failure);
        }
    }

    /// <summary>Writes a small document.</summary>
    public async Task WriteAsync(string key, string content, string contentType, CancellationToken stop)
    {
        try
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = content, ContentType = contentType, ChecksumAlgorithm = ChecksumAlgorithm.SHA256 }, stop);
        }
        catch (AmazonServiceException failure)
        {
            throw Failure(failure);
        }
    }

    private async Task<UploadedObject> OneAsync(string key, TrainingFile file, Action<long> sent, CancellationToken stop)
    {
        if (await HeadAsync(key, stop) is { } there && there.Digest == file.Digest && there.Bytes == file.Bytes)
        {
            return there with { Skipped = true };
        }

        var request = new TransferUtilityUploadRequest
        {
            BucketName = bucket,
            Key = key,
            FilePath = file.Path,
            PartSize = Math.Max(PartBytes, file.Bytes / 9_000),
            ChecksumAlgorithm = ChecksumAlgorithm.SHA256,
            Metadata = { [DigestName] = file.Digest.Hex },
        };
        request.UploadProgressEvent += (_, progress) => sent(progress.TransferredBytes);
        using (var transfer = new TransferUtility(s3, new TransferUtilityConfig { ConcurrentServiceRequests = 4, MinSizeBeforePartUpload = PartBytes }))
        {
            await transfer.UploadAsync(request, stop);
        }

        await RequireUnchangedAsync(file, stop);
        return await HeadAsync(key, stop) is { } stored && stored.Digest == file.Digest && stored.Bytes == file.Bytes
            ? stored
            : throw new ExpectedException(ExitCode.TargetFailed, $"s3://{bucket}/{key} is not what was just sent: somebody else writes it too", "let one run at a time upload, and run it again");
    }

    private async Task<UploadedObject?> HeadAsync(string key, CancellationToken stop)
    {
        try
        {
            var head = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = key }, stop);
            return new UploadedObject(key, head.VersionId ?? "", new ContentDigest(head.Metadata[DigestName] ?? ""), head.ContentLength, Skipped: false);
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound && missing.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
    }

    /// <summary>S3 checked what it got; this checks that it got what was looked at.</summary>
    private static async Task RequireUnchangedAsync(TrainingFile file, CancellationToken stop)
    {
        if ((await TrainingFile.ReadAsync(file.Path, stop)) is [var now] && now.Digest != file.Digest)
        {
            throw new ExpectedException(ExitCode.Usage, $"{file.Path} changed while it was sent", "let whatever writes it finish, and run it again");
        }
    }

    private ExpectedException Failure(AmazonServiceException failure) => failure.ErrorCode == "NoSuchBucket"
        ? new ExpectedException(ExitCode.TargetFailed, $"there is no bucket {bucket}, which the training stack names", "run `mldeploy train up`", failure)
        : AwsFailures.AsExpected(failure);
}
