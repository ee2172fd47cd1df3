using Amazon.S3;
using Amazon.S3.Model;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Stacks.Provisioning;

namespace MlDeploy.Aws.Stacks.Removal;

/// <summary>A bucket can be deleted only when every version of every object, and every mark of a deletion, is gone.</summary>
internal static class BucketRemoval
{
    public static async Task DeleteAsync(IAmazonS3 s3, string bucket, IProgress<ProvisioningNews> progress, CancellationToken stop)
    {
        try
        {
            var count = 0;
            while (await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = bucket, MaxKeys = 1000 }, stop) is { Versions: { Count: > 0 } versions })
            {
                await s3.DeleteObjectsAsync(
                    new DeleteObjectsRequest { BucketName = bucket, Quiet = true, Objects = [.. versions.Select(version => new KeyVersion { Key = version.Key, VersionId = version.VersionId })] }, stop);
                count += versions.Count;
            }

            await s3.DeleteBucketAsync(new DeleteBucketRequest { BucketName = bucket }, stop);
            progress.Report(new(NewsKind.Done, $"deleted bucket {bucket} with {count} {(count == 1 ? "version" : "versions")} of its objects"));
        }
        catch (AmazonS3Exception gone) when (gone.ErrorCode == "NoSuchBucket")
        {
            // An earlier run came this far.
        }
        catch (AmazonS3Exception failure)
        {
            throw AwsFailures.AsExpected(failure);
        }
    }
}
