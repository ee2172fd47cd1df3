using Amazon;

namespace MlDeploy.Aws.Clients.Opening;

/// <summary>Where each service is, and for which region a request to it is signed.</summary>
internal sealed class Endpoints(RegionEndpoint region, Func<string, string?> variable)
{
    /// <exception cref="MlDeploy.Core.Errors.ExpectedException">The environment names an endpoint that is no URL.</exception>
    public (Uri Endpoint, string SigningRegion) Of(AwsService service)
    {
        var signingRegion = service.Global ? HomeRegion() : region.SystemName;
        return (Overridden(service) ?? new Uri(service.Global ? GlobalHost(service) : $"https://{service.EndpointPrefix}.{region.SystemName}.{region.PartitionDnsSuffix}"), signingRegion);
    }

    /// <summary>AWS_ENDPOINT_URL_SERVICE, else AWS_ENDPOINT_URL; the names the official tools read.</summary>
    public Uri? Overridden(AwsService service)
    {
        if (string.Equals(variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return Parse(Variable(service)) ?? Parse("AWS_ENDPOINT_URL");
    }

    public static string Variable(AwsService service) => $"AWS_ENDPOINT_URL_{service.ServiceId.ToUpperInvariant().Replace(' ', '_')}";

    private Uri? Parse(string name) => variable(name) switch
    {
        null or "" => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 => uri,
        _ => throw SessionProblems.BadEndpoint(name),
    };

    // IAM has one endpoint a partition; the other partitions name their home region in it.
    private string GlobalHost(AwsService service) => region.PartitionName switch
    {
        "aws" => $"https://{service.EndpointPrefix}.amazonaws.com",
        "aws-us-gov" => $"https://{service.EndpointPrefix}.us-gov.amazonaws.com",
        _ => $"https://{service.EndpointPrefix}.{HomeRegion()}.{region.PartitionDnsSuffix}",
    };

    private string HomeRegion() => region.PartitionName switch
    {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws" => "us-east-1",
        _ => region.SystemName,
    };
}
