using MlDeploy.Aws.Clients;

namespace MlDeploy.Aws.Deploying;

/// <summary>Pages of the AWS console.</summary>
public static class ConsoleLinks
{
    public static string Deployment(AwsSession session, string id) => $"https://{Host(session)}/codesuite/codedeploy/deployments/{id}?region={session.Region}";

    public static string Dashboard(AwsSession session, string name) => $"https://{Host(session)}/cloudwatch/home?region={session.Region}#dashboards/dashboard/{Uri.EscapeDataString(name)}";

    private static string Host(AwsSession session) => $"{session.Region}." + session.Partition switch
    {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
}
