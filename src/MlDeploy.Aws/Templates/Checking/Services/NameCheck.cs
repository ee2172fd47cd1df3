using MlDeploy.Aws.Templates.Folding;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>Names that the schemas leave open and the services do not: how long, and what they may hold.</summary>
internal static class NameCheck
{
    private const string Hyphens = "-";

    /// <summary>Sources: each service's API reference of the request that creates it.</summary>
    private static readonly NameRule[] Rules =
    [
        new("AWS::ElasticLoadBalancingV2::LoadBalancer", "Name", 1, 32, Hyphens),
        new("AWS::ElasticLoadBalancingV2::TargetGroup", "Name", 1, 32, Hyphens),
        new("AWS::ECS::Cluster", "ClusterName", 1, 255, "-_"),
        new("AWS::ECS::Service", "ServiceName", 1, 255, "-_"),
        new("AWS::ECS::TaskDefinition", "Family", 1, 255, "-_"),
        new("AWS::CodeDeploy::Application", "ApplicationName", 1, 100, "-_.+=,@"),
        new("AWS::CodeDeploy::DeploymentConfig", "DeploymentConfigName", 1, 100, "-_.+=,@"),
        new("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName", 1, 100, "-_.+=,@"),
        new("AWS::SNS::Topic", "TopicName", 1, 256, "-_"),
        new("AWS::SNS::Topic", "DisplayName", 0, 100, null),
        new("AWS::Events::Rule", "Name", 1, 64, "-_."),
        new("AWS::Scheduler::Schedule", "Name", 1, 64, "-_."),
        new("AWS::CloudWatch::Alarm", "AlarmName", 1, 255, null),
        new("AWS::CloudWatch::Dashboard", "DashboardName", 1, 255, "-_"),
        new("AWS::Logs::LogGroup", "LogGroupName", 1, 512, "-_./#"),
        new("AWS::IAM::Role", "RoleName", 1, 64, "-_+=,.@"),
        new("AWS::ECR::Repository", "RepositoryName", 2, 256, "-_./"),
        new("AWS::S3::Bucket", "BucketName", 3, 63, "-."),
        new("AWS::SageMaker::NotebookInstance", "NotebookInstanceName", 1, 63, Hyphens),
        new("AWS::ApplicationAutoScaling::ScalingPolicy", "PolicyName", 1, 256, null),
    ];

    public static void Run(CheckedTemplate template)
    {
        foreach (var rule in Rules)
        {
            foreach (var (id, properties) in template.OfType(rule.Type))
            {
                if (Literals.Text(properties[rule.Property]) is { } name)
                {
                    Check(template, id, rule, name);
                }
            }
        }
    }

    private static void Check(CheckedTemplate template, string id, NameRule rule, string name)
    {
        var path = $"Properties/{rule.Property}";
        if (name.Length < rule.Least || name.Length > rule.Most)
        {
            template.Report(id, path, $"has {name.Length} characters", name, $"{rule.Least} to {rule.Most} characters", "Shorten it.");
        }
        else if (rule.Others is { } others && name.FirstOrDefault(c => !char.IsAsciiLetterOrDigit(c) && !others.Contains(c, StringComparison.Ordinal)) is var wrong and not default(char))
        {
            template.Report(id, path, $"has the character `{wrong}`", name, $"letters, digits and {string.Join(' ', others.ToCharArray())}", "Rename it.");
        }
        else if (rule.Type.StartsWith("AWS::ElasticLoadBalancingV2::", StringComparison.Ordinal)
            && (name.StartsWith('-') || name.EndsWith('-') || name.StartsWith("internal-", StringComparison.Ordinal)))
        {
            template.Report(id, path, "begins or ends with a hyphen, or begins with internal-", name, null, "Rename it.");
        }
        else if (rule.Type is "AWS::S3::Bucket" && name.Any(char.IsAsciiLetterUpper))
        {
            template.Report(id, path, "has upper-case letters", name, "lower-case letters, digits, - and .", "Write it in lower case.");
        }
    }

    /// <param name="Others">Characters beside letters and digits; null for any.</param>
    private sealed record NameRule(string Type, string Property, int Least, int Most, string? Others);
}
