using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Faults;

/// <summary>Asked too often, in the words and the shape that each service uses.</summary>
internal static class Throttling
{
    public static AwsError Error(TwinRequest request) => request.Service switch
    {
        "s3" => new AwsError("SlowDown", "Please reduce your request rate.", 503),
        "ec2" => new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503),
        _ when request.Protocol is WireProtocol.Query => new AwsError("Throttling", "Rate exceeded"),
        _ => new AwsError("ThrottlingException", "Rate exceeded"),
    };
}
