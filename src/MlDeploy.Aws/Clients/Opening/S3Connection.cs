using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Opening;

/// <summary>The SDK's S3 client, set up as the other clients are.</summary>
internal static class S3Connection
{
    public static AmazonS3Client Open(AWSCredentials credentials, RegionEndpoint region, Endpoints endpoints, AwsSessionOptions options, CallCounts counts)
    {
        var config = new AmazonS3Config
        {
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = options.Retries.Attempts - 1,
            Timeout = TimeSpan.FromMinutes(5),
        };
        if (endpoints.Overridden(AwsServices.S3) is { } overridden)
        {
            // Buckets as host names would need a wildcard name for the stand-in.
            config.ServiceURL = overridden.AbsoluteUri;
            config.AuthenticationRegion = region.SystemName;
            config.ForcePathStyle = true;
        }
        else
        {
            config.RegionEndpoint = region;
        }

        var client = new AmazonS3Client(credentials, config);
        client.BeforeRequestEvent += (_, arguments) => counts.Count(AwsServices.S3, Action(arguments));
        return client;
    }

    private static string Action(RequestEventArgs arguments) =>
        arguments is WebServiceRequestEventArgs { Request: { } request } ? request.GetType().Name[..^"Request".Length] : "Request";
}
