using System.Collections.Immutable;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Signing;
using Amazon.S3;
using MlDeploy.Aws.Clients.Calling;
using MlDeploy.Aws.Clients.ApplicationAutoScaling;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.CodeDeploy;
using MlDeploy.Aws.Clients.Ec2;
using MlDeploy.Aws.Clients.Ecr;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.ElasticLoadBalancing;
using MlDeploy.Aws.Clients.Events;
using MlDeploy.Aws.Clients.Iam;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Aws.Clients.Opening;
using MlDeploy.Aws.Clients.SageMaker;
using MlDeploy.Aws.Clients.Scheduler;
using MlDeploy.Aws.Clients.ServiceQuotas;
using MlDeploy.Aws.Clients.Sns;
using MlDeploy.Aws.Clients.Sts;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients;

/// <summary>
/// One command's way to AWS: region, credentials, and a client for each service, all over one connection pool with one
/// policy of retries and one count of calls. Calls fail with <see cref="AwsServiceException"/>.
/// </summary>
public sealed class AwsSession : IDisposable
{
    private readonly List<HttpClient> connections = [];
    private readonly CallCounts counts = new();
    private readonly RegionEndpoint region;
    private readonly Lazy<IAmazonS3> s3;
    private readonly Lock gate = new();
    private Task<GetCallerIdentityResponse>? caller;

    private AwsSession(AwsSessionOptions options, RegionEndpoint region, FoundCredentials found)
    {
        this.region = region;
        var endpoints = new Endpoints(region, options.Variable);
        var socket = options.Transport ?? Socket();
        var shared = new SharedParts(options, counts);
        var credentials = found.Credentials;
        CredentialSource = found.Source;
        if (options.RoleArn is { Length: > 0 } role)
        {
            credentials = new AssumedRole(new StsClient(Caller(AwsServices.Sts, endpoints, shared.With(Connect(found.Credentials, socket)))), role);
            CredentialSource = $"{found.Source}, acting as {role}";
        }

        var parts = shared.With(Connect(credentials, socket));
        ApplicationAutoScaling = new ApplicationAutoScalingClient(Caller(AwsServices.ApplicationAutoScaling, endpoints, parts));
        CloudFormation = new CloudFormationClient(Caller(AwsServices.CloudFormation, endpoints, parts));
        CloudWatch = new CloudWatchClient(Caller(AwsServices.CloudWatch, endpoints, parts));
        CodeDeploy = new CodeDeployClient(Caller(AwsServices.CodeDeploy, endpoints, parts));
        Ec2 = new Ec2Client(Caller(AwsServices.Ec2, endpoints, parts));
        Ecr = new EcrClient(Caller(AwsServices.Ecr, endpoints, parts));
        Ecs = new EcsClient(Caller(AwsServices.Ecs, endpoints, parts));
        ElasticLoadBalancing = new ElasticLoadBalancingClient(Caller(AwsServices.ElasticLoadBalancing, endpoints, parts));
        Events = new EventsClient(Caller(AwsServices.Events, endpoints, parts));
        Iam = new IamClient(Caller(AwsServices.Iam, endpoints, parts));
        Logs = new LogsClient(Caller(AwsServices.Logs, endpoints, parts));
        SageMaker = new SageMakerClient(Caller(AwsServices.SageMaker, endpoints, parts));
        Scheduler = new SchedulerClient(Caller(AwsServices.Scheduler, endpoints, parts));
        ServiceQuotas = new ServiceQuotasClient(Caller(AwsServices.ServiceQuotas, endpoints, parts));
        Sns = new SnsClient(Caller(AwsServices.Sns, endpoints, parts));
        Sts = new StsClient(Caller(AwsServices.Sts, endpoints, parts));
        s3 = new Lazy<IAmazonS3>(() => S3Connection.Open(credentials, region, endpoints, options, counts));
    }

    /// <summary>As in eu-central-1.</summary>
    public string Region => region.SystemName;

    /// <summary>aws, aws-cn, aws-us-gov: what ARNs begin with.</summary>
    public string Partition => region.PartitionName;

    /// <summary>How the credentials were found, in words.</summary>
    public string CredentialSource { get; }

    public ApplicationAutoScalingClient ApplicationAutoScaling { get; }
    public CloudFormationClient CloudFormation { get; }
    public CloudWatchClient CloudWatch { get; }
    public CodeDeployClient CodeDeploy { get; }
    public Ec2Client Ec2 { get; }
    public EcrClient Ecr { get; }
    public EcsClient Ecs { get; }
    public ElasticLoadBalancingClient ElasticLoadBalancing { get; }
    public EventsClient Events { get; }
    public IamClient Iam { get; }
    public LogsClient Logs { get; }
    public SageMakerClient SageMaker { get; }
    public SchedulerClient Scheduler { get; }
    public ServiceQuotasClient ServiceQuotas { get; }
    public SnsClient Sns { get; }
    public StsClient Sts { get; }

    /// <summary>The SDK's own client, with this session's credentials and endpoint; path style where the endpoint is overridden.</summary>
    public IAmazonS3 S3 => s3.Value;

    /// <summary>Calls made so far, retries not counted: "cloudformation.DescribeStacks" → 3.</summary>
    public ImmutableSortedDictionary<string, int> Calls => counts.Read();

    /// <summary>Attempts that were made again.</summary>
    public int Retries => counts.Retries;

    /// <summary>Finds region and credentials; asks no service.</summary>
    /// <exception cref="MlDeploy.Core.Errors.ExpectedException">No region, no credentials, or settings that cannot be.</exception>
    public static Task<AwsSession> OpenAsync(AwsSessionOptions options, CancellationToken stop)
    {
        var region = RegionLookup.Find(options);
        CheckRole(options.RoleArn, region);

        // The chain may ask a metadata service, and does so synchronously.
        return Task.Run(() => new AwsSession(options, region, CredentialLookup.Find(options)), stop);
    }

    /// <summary>Who the credentials belong to; asked once a session.</summary>
    public async Task<GetCallerIdentityResponse> CallerAsync(CancellationToken stop)
    {
        Task<GetCallerIdentityResponse> asked;
        lock (gate)
        {
            if (caller is null or { IsFaulted: true } or { IsCanceled: true })
            {
                caller = Sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), stop);
            }

            asked = caller;
        }

        return await asked;
    }

    public void Dispose()
    {
        if (s3.IsValueCreated)
        {
            s3.Value.Dispose();
        }

        foreach (var connection in connections)
        {
            connection.Dispose();
        }
    }

    private static ServiceCaller Caller(AwsService service, Endpoints endpoints, CallerParts parts)
    {
        var (endpoint, signingRegion) = endpoints.Of(service);
        return new ServiceCaller(service, endpoint, signingRegion, parts);
    }

    // Redirects would carry a signature to where it is not valid; proxies are the environment's.
    private static SocketsHttpHandler Socket() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(10),
    };

    // Retries are above the signature: each attempt is signed with its own time.
    private HttpClient Connect(AWSCredentials credentials, HttpMessageHandler socket)
    {
        var connection = new HttpClient(new SigV4SigningHandler(credentials, region, AwsServices.Sts.SigningName, socket)) { Timeout = Timeout.InfiniteTimeSpan };
        connections.Add(connection);
        return connection;
    }

    private static void CheckRole(string? roleArn, RegionEndpoint region)
    {
        if (string.IsNullOrEmpty(roleArn))
        {
            return;
        }

        if (roleArn.Split(':') is not ["arn", var partition, "iam", "", { Length: 12 }, var role] || !role.StartsWith("role/", StringComparison.Ordinal))
        {
            throw SessionProblems.BadRole(roleArn);
        }

        if (partition != region.PartitionName)
        {
            throw SessionProblems.WrongPartition(roleArn, partition, region.SystemName, region.PartitionName);
        }
    }

    private sealed class SharedParts(AwsSessionOptions options, CallCounts counts)
    {
        private readonly Polly.ResiliencePipeline retries = CallRetries.Build(options, counts);
        private readonly CallPace pace = new(options.Pace, options.Time);
        private readonly Shapes shapes = new();

        public CallerParts With(HttpClient http) => new()
        {
            Http = http,
            Retries = retries,
            Pace = pace,
            Counts = counts,
            Shapes = shapes,
            Options = options,
        };
    }
}
