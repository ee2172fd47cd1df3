namespace MlDeploy.AwsTwin.CloudFormation.Operations;

/// <summary>
/// Twin seconds that a resource takes to be made (the same to remove), as CloudFormation's events showed them in practice:
/// a balancer and a NAT gateway take minutes, most others seconds. A service's own waiting comes on top.
/// </summary>
internal sealed class ResourceTimes(IReadOnlyDictionary<string, double> overridden)
{
    private static readonly Dictionary<string, double> Usual = new()
    {
        ["AWS::ElasticLoadBalancingV2::LoadBalancer"] = 150,
        ["AWS::EC2::NatGateway"] = 105,
        ["AWS::EC2::VPCEndpoint"] = 60,
        ["AWS::EC2::EIP"] = 16,
        ["AWS::EC2::InternetGateway"] = 16,
        ["AWS::EC2::VPC"] = 12,
        ["AWS::EC2::RouteTable"] = 12,
        ["AWS::EC2::SecurityGroup"] = 6,
        ["AWS::IAM::Role"] = 18,
        ["AWS::IAM::Policy"] = 16,
        ["AWS::IAM::ManagedPolicy"] = 16,
        ["AWS::ECS::Cluster"] = 9,
        ["AWS::S3::Bucket"] = 22,
        ["AWS::SNS::Topic"] = 12,
        ["AWS::Events::Rule"] = 60,
        ["AWS::KMS::Key"] = 30,
        ["AWS::ElasticLoadBalancingV2::TargetGroup"] = 16,
    };

    public TimeSpan Of(string type) => TimeSpan.FromSeconds(
        overridden.TryGetValue(type, out var chosen) ? chosen : overridden.TryGetValue("*", out var any) ? any : Usual.GetValueOrDefault(type, 3));

    /// <summary>An update in place is quicker than making.</summary>
    public TimeSpan OfUpdate(string type) => TimeSpan.FromSeconds(Math.Min(Of(type).TotalSeconds, 10));
}
