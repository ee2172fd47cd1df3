using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Faults;

/// <summary>Access denied, in the words and the shape that each service uses.</summary>
internal static class Denials
{
    /// <summary>The action's name in an IAM policy, whose prefix is not always the signing name.</summary>
    public static string IamAction(TwinRequest request) => request.Service switch
    {
        "monitoring" => $"cloudwatch:{request.Action}",
        "s3" => $"s3:{S3Permission(request.Action)}",
        "api.ecr" => $"ecr:{request.Action}",
        var service => $"{service}:{request.Action}",
    };

    public static AwsError Error(TwinRequest request, string action)
    {
        var who = $"arn:aws:sts::{TwinAccount.Id}:assumed-role/mldeploy/session";
        var what = $"User: {who} is not authorized to perform: {action} on resource: {Resource(request)} because no identity-based policy allows the {action} action";
        return request.Service switch
        {
            "ec2" => new AwsError("UnauthorizedOperation", $"You are not authorized to perform this operation. {what}.", 403),
            "sns" => new AwsError("AuthorizationError", what, 403),
            _ when request.Protocol is WireProtocol.Query or WireProtocol.RestXml => new AwsError("AccessDenied", what, 403),
            _ when request.Protocol is WireProtocol.RestJson => new AwsError("AccessDeniedException", what, 403),
            _ => new AwsError("AccessDeniedException", what),
        };
    }

    private static string Resource(TwinRequest request)
    {
        var prefix = $"arn:aws:{(request.Service == "monitoring" ? "cloudwatch" : request.Service)}:{request.Region}:{TwinAccount.Id}:";
        string? Name(params string[] fields) => fields.Select(field => request.Input[field] is JsonValue value ? InputReading.Plain(value) : null).FirstOrDefault(value => value is not null);
        return request.Service switch
        {
            _ when Name("ResourceArn", "resourceArn", "TopicArn", "LoadBalancerArn", "TargetGroupArn", "ListenerArn") is { } arn => arn,
            "cloudformation" when Name("StackName") is { } stack => stack.StartsWith("arn:", StringComparison.Ordinal) ? stack : $"{prefix}stack/{stack}/*",
            "s3" => $"\"arn:aws:s3:::{request.Path.Trim('/')}\"",
            "ecr" when Name("repositoryName") is { } repository => $"{prefix}repository/{repository}",
            "ecs" when Name("service") is { } service => $"{prefix}service/{Name("cluster")}/{service}",
            "ecs" when Name("cluster") is { } cluster => $"{prefix}cluster/{cluster}",
            "iam" when Name("RoleName") is { } role => $"arn:aws:iam::{TwinAccount.Id}:role/{role}",
            "logs" when Name("logGroupName") is { } group => $"{prefix}log-group:{group}:log-stream:",
            "sagemaker" when Name("NotebookInstanceName") is { } notebook => $"{prefix}notebook-instance/{notebook}",
            "sagemaker" when Name("TrainingJobName") is { } job => $"{prefix}training-job/{job}",
            "codedeploy" when Name("applicationName") is { } application => $"{prefix}application:{application}",
            "sns" when Name("Name") is { } topic => $"{prefix}{topic}",
            _ => "*",
        };
    }

    private static string S3Permission(string action) => action switch
    {
        "HeadObject" => "GetObject",
        "HeadBucket" or "ListObjectsV2" => "ListBucket",
        "ListObjectVersions" => "ListBucketVersions",
        "ListBuckets" => "ListAllMyBuckets",
        "DeleteObjects" => "DeleteObject",
        "CreateMultipartUpload" or "UploadPart" or "CompleteMultipartUpload" => "PutObject",
        _ => action,
    };
}
