namespace MlDeploy.Aws.Clients;

/// <summary>How a service's requests and replies are written.</summary>
public enum AwsProtocol
{
    Query,
    Ec2,
    Json,
    RestJson,
    RestXml,
}

/// <summary>One service as its API model describes it; a specification compares each with the official model.</summary>
public sealed record AwsService
{
    /// <summary>What it is called in counts, logs and messages: the name the official command line uses.</summary>
    public required string Name { get; init; }

    /// <summary>The `serviceId` of the model; upper case with underscores it names AWS_ENDPOINT_URL_SERVICE.</summary>
    public required string ServiceId { get; init; }

    /// <summary>First labels of the host name.</summary>
    public required string EndpointPrefix { get; init; }

    /// <summary>The service in the scope of a signature; also what the actions of a policy begin with, unless <see cref="PolicyPrefix"/> differs.</summary>
    public required string SigningName { get; init; }

    public string? PolicyPrefix { get; init; }

    public required string ApiVersion { get; init; }

    public required AwsProtocol Protocol { get; init; }

    /// <summary>X-Amz-Target is this, a full stop and the action.</summary>
    public string? TargetPrefix { get; init; }

    /// <summary>1.0 or 1.1, as in application/x-amz-json-1.1.</summary>
    public string? JsonVersion { get; init; }

    /// <summary>Members begin with a small letter in requests and replies.</summary>
    public bool CamelCase { get; init; }

    /// <summary>One endpoint a partition, signed for the partition's first region.</summary>
    public bool Global { get; init; }

    /// <summary>As a policy names it: cloudformation:CreateChangeSet.</summary>
    public string PolicyAction(string action) => $"{PolicyPrefix ?? SigningName}:{action}";

    public override string ToString() => Name;
}

/// <summary>The services this target uses.</summary>
public static class AwsServices
{
    public static AwsService ApplicationAutoScaling { get; } = new()
    {
        Name = "application-autoscaling",
        ServiceId = "Application Auto Scaling",
        EndpointPrefix = "application-autoscaling",
        SigningName = "application-autoscaling",
        ApiVersion = "2016-02-06",
        Protocol = AwsProtocol.Json,
        TargetPrefix = "AnyScaleFrontendService",
        JsonVersion = "1.1",
    };

    public static AwsService CloudFormation { get; } = Query("cloudformation", "CloudFormation", "cloudformation", "2010-05-15");

    public static AwsService CloudWatch { get; } = Query("cloudwatch", "CloudWatch", "monitoring", "2010-08-01") with { PolicyPrefix = "cloudwatch" };

    public static AwsService CodeDeploy { get; } = Json("codedeploy", "CodeDeploy", "2014-10-06", "CodeDeploy_20141006");

    public static AwsService Ec2 { get; } = new()
    {
        Name = "ec2",
        ServiceId = "EC2",
        EndpointPrefix = "ec2",
        SigningName = "ec2",
        ApiVersion = "2016-11-15",
        Protocol = AwsProtocol.Ec2,
        CamelCase = true,
    };

    public static AwsService Ecr { get; } = Json("ecr", "ECR", "2015-09-21", "AmazonEC2ContainerRegistry_V20150921") with { EndpointPrefix = "api.ecr" };

    public static AwsService Ecs { get; } = Json("ecs", "ECS", "2014-11-13", "AmazonEC2ContainerServiceV20141113");

    public static AwsService ElasticLoadBalancing { get; } = Query("elbv2", "Elastic Load Balancing v2", "elasticloadbalancing", "2015-12-01");

    public static AwsService Events { get; } = Json("events", "EventBridge", "2015-10-07", "AWSEvents") with { CamelCase = false };

    public static AwsService Iam { get; } = Query("iam", "IAM", "iam", "2010-05-08") with { Global = true };

    public static AwsService Logs { get; } = Json("logs", "CloudWatch Logs", "2014-03-28", "Logs_20140328");

    public static AwsService S3 { get; } = new()
    {
        Name = "s3",
        ServiceId = "S3",
        EndpointPrefix = "s3",
        SigningName = "s3",
        ApiVersion = "2006-03-01",
        Protocol = AwsProtocol.RestXml,
    };

    public static AwsService SageMaker { get; } =
        Json("sagemaker", "SageMaker", "2017-07-24", "SageMaker") with { EndpointPrefix = "api.sagemaker", CamelCase = false };

    public static AwsService Scheduler { get; } = new()
    {
        Name = "scheduler",
        ServiceId = "Scheduler",
        EndpointPrefix = "scheduler",
        SigningName = "scheduler",
        ApiVersion = "2021-06-30",
        Protocol = AwsProtocol.RestJson,
    };

    public static AwsService ServiceQuotas { get; } =
        Json("service-quotas", "Service Quotas", "2019-06-24", "ServiceQuotasV20190624") with { EndpointPrefix = "servicequotas", SigningName = "servicequotas", CamelCase = false };

    public static AwsService Sns { get; } = Query("sns", "SNS", "sns", "2010-03-31");

    public static AwsService Sts { get; } = Query("sts", "STS", "sts", "2011-06-15");

    public static IReadOnlyList<AwsService> All { get; } =
    [
        ApplicationAutoScaling, CloudFormation, CloudWatch, CodeDeploy, Ec2, Ecr, Ecs, ElasticLoadBalancing,
        Events, Iam, Logs, S3, SageMaker, Scheduler, ServiceQuotas, Sns, Sts,
    ];

    private static AwsService Query(string name, string serviceId, string prefix, string version) => new()
    {
        Name = name,
        ServiceId = serviceId,
        EndpointPrefix = prefix,
        SigningName = prefix,
        ApiVersion = version,
        Protocol = AwsProtocol.Query,
    };

    private static AwsService Json(string name, string serviceId, string version, string target) => new()
    {
        Name = name,
        ServiceId = serviceId,
        EndpointPrefix = name,
        SigningName = name,
        ApiVersion = version,
        Protocol = AwsProtocol.Json,
        TargetPrefix = target,
        JsonVersion = "1.1",
        CamelCase = true,
    };
}
