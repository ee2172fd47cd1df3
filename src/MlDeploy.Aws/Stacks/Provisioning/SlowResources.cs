namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>What takes its time, so that nobody takes waiting for hanging. Times as observed by many; nothing depends on them.</summary>
internal static class SlowResources
{
    private static readonly Dictionary<string, (string What, string Usually)> Known = new(StringComparer.Ordinal)
    {
        ["AWS::EC2::NatGateway"] = ("a NAT gateway", "1 to 3 min"),
        ["AWS::EC2::InternetGateway"] = ("an internet gateway", "20 s"),
        ["AWS::EC2::VPCEndpoint"] = ("an endpoint", "1 min"),
        ["AWS::ElasticLoadBalancingV2::LoadBalancer"] = ("a load balancer", "2 to 4 min"),
        ["AWS::ECS::Service"] = ("the first tasks must start and be healthy", "2 to 5 min"),
        ["AWS::IAM::Role"] = ("a role must be known everywhere", "20 s"),
        ["AWS::IAM::InstanceProfile"] = ("an instance profile must be known everywhere", "2 min"),
        ["AWS::SageMaker::NotebookInstance"] = ("a notebook", "4 to 8 min"),
        ["AWS::CloudFront::Distribution"] = ("a distribution", "5 to 15 min"),
        ["AWS::RDS::DBInstance"] = ("a database", "5 to 15 min"),
    };

    /// <summary>`a NAT gateway, usually 1 to 3 min`; null for what is quick.</summary>
    public static string? Tell(string type) => Known.TryGetValue(type, out var slow) ? $"{slow.What}, usually {slow.Usually}" : null;
}
