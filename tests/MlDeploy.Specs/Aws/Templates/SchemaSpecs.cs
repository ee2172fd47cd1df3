using MlDeploy.Aws.Templates.Checking;

namespace MlDeploy.Specs.Aws.Templates;

/// <summary>The table of resource types that `build/resource-schemas.py` writes.</summary>
public class SchemaSpecs
{
    [Theory]
    [InlineData("AWS::ElasticLoadBalancingV2::TargetGroup", "Port", Replacement.Always)]
    [InlineData("AWS::ElasticLoadBalancingV2::TargetGroup", "HealthCheckPath", Replacement.Never)]
    [InlineData("AWS::CodeDeploy::DeploymentConfig", "TrafficRoutingConfig/TimeBasedCanary/CanaryInterval", Replacement.Always)]
    [InlineData("AWS::ECS::Service", "LaunchType", Replacement.Conditionally)]
    [InlineData("AWS::ECS::Service", "ServiceName", Replacement.Always)]
    [InlineData("AWS::ECS::Service", "DesiredCount", Replacement.Never)]
    [InlineData("AWS::EC2::VPC", "CidrBlock", Replacement.Always)]
    [InlineData("AWS::EC2::Subnet", "CidrBlock", Replacement.Always)]
    [InlineData("AWS::S3::Bucket", "BucketName", Replacement.Always)]
    [InlineData("AWS::ECS::TaskDefinition", "ContainerDefinitions/0/Image", Replacement.Always)]
    public void What_replaces_a_resource(string type, string path, Replacement expected) =>
        Assert.Equal(expected, ResourceSchemas.All.Find(type)!.ReplacementBy(path));

    [Fact]
    public void Every_type_that_is_rendered_is_known_in_detail()
    {
        var types = Variants.Rows.SelectMany(row => Variants.Render(row).Stacks).SelectMany(stack => stack.Template["Resources"]!.AsObject().Select(resource => resource.Value!["Type"]!.GetValue<string>())).Distinct();
        Assert.All(types, type => Assert.NotNull(ResourceSchemas.All.Find(type)));
    }

    [Theory]
    [InlineData("AWS::ECS::Cluster", true)]
    [InlineData("AWS::Lambda::Function", true)]
    [InlineData("AWS::Lambda::Fonction", false)]
    public void A_type_exists(string type, bool exists) => Assert.Equal(exists, ResourceSchemas.All.Exists(type));

    [Fact]
    public void The_table_says_where_it_comes_from() => Assert.StartsWith("cfn-lint ", ResourceSchemas.All.Source, StringComparison.Ordinal);
}
