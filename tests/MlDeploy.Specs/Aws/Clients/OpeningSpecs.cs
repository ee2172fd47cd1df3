using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Opening;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Clients;

public class OpeningSpecs
{
    private static readonly (string, string)[] Keys = [("AWS_ACCESS_KEY_ID", Sessions.KeyId), ("AWS_SECRET_ACCESS_KEY", Sessions.Secret)];

    [Theory]
    [InlineData("eu-west-3", "eu-north-1", "us-east-1", "eu-west-3")]
    [InlineData(null, "eu-north-1", "us-east-1", "eu-north-1")]
    [InlineData(null, null, "us-east-1", "us-east-1")]
    [InlineData("xx-newland-7", null, null, "xx-newland-7")]
    public async Task The_region_is_the_manifests_or_else_the_environments(string? asked, string? region, string? defaultRegion, string expected)
    {
        using var session = await AwsSession.OpenAsync(Sessions.Options([.. Keys, ("AWS_REGION", region ?? ""), ("AWS_DEFAULT_REGION", defaultRegion ?? "")]) with { Region = asked }, default);
        Assert.Equal(expected, session.Region);
        Assert.Equal("the environment", session.CredentialSource);
    }

    [Fact]
    public async Task A_profile_gives_region_and_credentials()
    {
        var file = Path.Combine(Path.GetTempPath(), $"mldeploy-credentials-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(file, $"[build]\naws_access_key_id={Sessions.KeyId}\naws_secret_access_key={Sessions.Secret}\nregion=eu-west-2\n");
        try
        {
            using var session = await AwsSession.OpenAsync(Sessions.Options(("AWS_SHARED_CREDENTIALS_FILE", file), ("AWS_PROFILE", "build")), default);
            Assert.Equal(("eu-west-2", "profile build"), (session.Region, session.CredentialSource));
            await RefusedAsync(ExitCode.TargetFailed, "AWS_PROFILE names the profile 'other'", Sessions.Options(("AWS_SHARED_CREDENTIALS_FILE", file), ("AWS_PROFILE", "other"), ("AWS_REGION", "eu-west-2")));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("AWS_REGION=Frankfurt", null, ExitCode.Usage, "'Frankfurt' is not the name of an AWS region")]
    [InlineData("AWS_REGION=eu-west-1 AWS_ENDPOINT_URL=localhost:5000", null, ExitCode.Usage, "AWS_ENDPOINT_URL is not an http or https URL")]
    [InlineData("AWS_REGION=eu-west-1 AWS_ENDPOINT_URL_STS=http://me:password@host", null, ExitCode.Usage, "AWS_ENDPOINT_URL_STS is not an http or https URL")]
    [InlineData("AWS_REGION=eu-west-1", "arn:aws:iam::1:user/me", ExitCode.Usage, "is not the ARN of an IAM role")]
    [InlineData("AWS_REGION=eu-west-1", "arn:aws-cn:iam::123456789012:role/r", ExitCode.Usage, "is in partition aws-cn, but region eu-west-1 is in partition aws")]
    public async Task Settings_that_cannot_be_are_refused_before_any_call(string environment, string? role, ExitCode exit, string message) =>
        await RefusedAsync(exit, message, Sessions.Options([.. Keys, .. environment.Split(' ').Select(pair => (pair.Split('=')[0], pair.Split('=', 2)[1]))]) with { RoleArn = role });

    [Fact]
    public async Task Missing_credentials_and_half_a_key_say_what_to_do()
    {
        await RefusedAsync(ExitCode.TargetFailed, "no AWS credentials were found", Sessions.Options(("AWS_REGION", "eu-west-1")));
        await RefusedAsync(ExitCode.TargetFailed, "AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not", Sessions.Options(("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "A")));
    }

    [Fact]
    public void Endpoints_can_be_overridden_for_one_service_or_for_all()
    {
        Endpoints Of(params (string Name, string Value)[] variables) => new(
            Amazon.RegionEndpoint.EUCentral1, name => variables.FirstOrDefault(pair => pair.Name == name).Value);
        var some = Of(("AWS_ENDPOINT_URL", "http://all"), ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "http://balancing"));
        Assert.Equal("http://balancing/", some.Of(AwsServices.ElasticLoadBalancing).Endpoint.AbsoluteUri);
        Assert.Equal("http://all/", some.Of(AwsServices.Sns).Endpoint.AbsoluteUri);
        Assert.Equal("https://sns.eu-central-1.amazonaws.com/", Of(("AWS_ENDPOINT_URL", "http://all"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")).Of(AwsServices.Sns).Endpoint.AbsoluteUri);
    }

    [Fact]
    public void Endpoints_and_signing_regions_are_those_of_the_official_resolver()
    {
        string[] regions = ["us-east-1", "eu-central-1", "ap-southeast-2", "cn-northwest-1", "us-gov-east-1"];
        _ = ApiModel.Of(AwsServices.Sts);
        var services = AwsServices.All.Where(service => service != AwsServices.S3).ToList();
        var theirs = Peer.Run(
            "python3",
            ["-c", """
             import botocore.endpoint_provider, botocore.loaders, sys
             loader = botocore.loaders.Loader()
             partitions = loader.load_data('partitions')
             for service in sys.argv[1].split(','):
                 rules = botocore.endpoint_provider.EndpointProvider(loader.load_service_model(service, 'endpoint-rule-set-1'), partitions)
                 for region in sys.argv[2].split(','):
                     print(service, region, rules.resolve_endpoint(Region=region, UseDualStack=False, UseFIPS=False).url)
             """, string.Join(',', services.Select(service => service.Name)), string.Join(',', regions)])!;
        var ours = from service in services
                   from region in regions
                   select $"{service.Name} {region} {new Endpoints(Amazon.RegionEndpoint.GetBySystemName(region), _ => null).Of(service).Endpoint.AbsoluteUri.TrimEnd('/')}";

        Assert.Equal(theirs.Trim().Split('\n'), ours);
    }

    private static async Task RefusedAsync(ExitCode exit, string message, AwsSessionOptions options)
    {
        var refused = await Assert.ThrowsAsync<ExpectedException>(() => AwsSession.OpenAsync(options, default));
        Assert.Equal(exit, refused.ExitCode);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remedy);
        Assert.DoesNotContain(Sessions.Secret, refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("password", refused.ToString(), StringComparison.Ordinal);
    }
}
