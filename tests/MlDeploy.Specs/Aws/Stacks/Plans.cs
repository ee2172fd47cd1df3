using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Specs.Aws.Stacks;

/// <summary>A small stack with one of everything that a plan has to tell apart, and what was changed in it.</summary>
internal static class Plans
{
    public const string Name = "mldeploy-fraud-application";

    /// <summary>As the registry's schemas have them, of the types used here.</summary>
    public static readonly Dictionary<string, CreateOnlyProperties> Schemas = new(StringComparer.Ordinal)
    {
        ["AWS::EC2::VPC"] = new(["/properties/CidrBlock"], ["/properties/InstanceTenancy"]),
        ["AWS::EC2::Subnet"] = new(["/properties/VpcId", "/properties/CidrBlock", "/properties/AvailabilityZone"], []),
        ["AWS::ElasticLoadBalancingV2::LoadBalancer"] = new(["/properties/Name", "/properties/Scheme", "/properties/Type"], []),
        ["AWS::ElasticLoadBalancingV2::TargetGroup"] = new(["/properties/Name", "/properties/Port", "/properties/Protocol", "/properties/VpcId"], []),
        ["AWS::ElasticLoadBalancingV2::Listener"] = new(["/properties/LoadBalancerArn"], []),
        ["AWS::ECS::Service"] = new(["/properties/ServiceName", "/properties/Cluster", "/properties/LaunchType"], []),
        ["AWS::ECS::TaskDefinition"] = new(["/properties/Cpu", "/properties/ContainerDefinitions", "/properties/Memory", "/properties/Family"], []),
        ["AWS::Logs::LogGroup"] = new(["/properties/LogGroupName"], []),
        ["AWS::S3::Bucket"] = new(["/properties/BucketName"], []),
        ["AWS::IAM::Role"] = new(["/properties/RoleName", "/properties/Path"], []),
        ["AWS::CloudWatch::Dashboard"] = new(["/properties/DashboardName"], []),
        ["AWS::ApplicationAutoScaling::ScalableTarget"] = new(["/properties/ResourceId", "/properties/ScalableDimension", "/properties/ServiceNamespace"], []),
        ["AWS::SNS::Topic"] = new(["/properties/TopicName"], []),
    };

    public static JsonObject Base => Parse("""
        {
          "Description": "fraud",
          "Resources": {
            "Vpc": { "Type": "AWS::EC2::VPC", "Properties": { "CidrBlock": "10.0.0.0/16", "Tags": [{ "Key": "Name", "Value": "fraud" }] } },
            "SubnetA": { "Type": "AWS::EC2::Subnet", "Properties": { "VpcId": { "Ref": "Vpc" }, "CidrBlock": "10.0.1.0/24" } },
            "Balancer": { "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": { "Name": "fraud", "Scheme": "internet-facing", "Subnets": [{ "Ref": "SubnetA" }] } },
            "BlueTargetGroup": { "Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": { "Name": "fraud-blue", "Port": 80, "VpcId": { "Ref": "Vpc" }, "HealthCheckPath": "/health" } },
            "GreenTargetGroup": { "Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": { "Name": "fraud-green", "Port": 80, "VpcId": { "Ref": "Vpc" }, "HealthCheckPath": "/health" } },
            "ProductionListener": { "Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": { "LoadBalancerArn": { "Ref": "Balancer" }, "Port": 80, "Protocol": "HTTP",
              "DefaultActions": [{ "Type": "forward", "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": { "Ref": "BlueTargetGroup" }, "Weight": 1 }] } }] } },
            "LogGroup": { "Type": "AWS::Logs::LogGroup", "Properties": { "LogGroupName": "/mldeploy/fraud", "RetentionInDays": 30 } },
            "TaskDefinition": { "Type": "AWS::ECS::TaskDefinition", "Properties": { "Family": "fraud-a", "Cpu": "512", "Memory": "1024",
              "ContainerDefinitions": [{ "Name": "application", "Image": "registry.example/fraud@sha256:1111", "Environment": [{ "Name": "LOG_LEVEL", "Value": "info" }, { "Name": "DB_PASSWORD", "Value": "hunter2" }] }] } },
            "Service": { "Type": "AWS::ECS::Service", "DependsOn": ["ProductionListener"], "Properties": { "ServiceName": "fraud", "LaunchType": "FARGATE", "DeploymentController": { "Type": "CODE_DEPLOY" },
              "TaskDefinition": { "Ref": "TaskDefinition" }, "HealthCheckGracePeriodSeconds": 60,
              "LoadBalancers": [{ "ContainerName": "application", "ContainerPort": 8080, "TargetGroupArn": { "Ref": "BlueTargetGroup" } }] } },
            "ScalableTarget": { "Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": { "ServiceNamespace": "ecs", "ResourceId": { "Fn::Sub": "service/${Cluster}/${Service.Name}" }, "MinCapacity": 1, "MaxCapacity": 4 } },
            "Dashboard": { "Type": "AWS::CloudWatch::Dashboard", "Properties": { "DashboardName": "fraud", "DashboardBody": { "Fn::Sub": "{\"widgets\":[{\"type\":\"metric\",\"properties\":{\"title\":\"CPU\",\"region\":\"${AWS::Region}\"}}]}" } } },
            "Data": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": { "VersioningConfiguration": { "Status": "Enabled" } } }
          },
          "Outputs": { "Url": { "Value": { "Fn::GetAtt": ["Balancer", "DNSName"] } } }
        }
        """);

    public static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    public static StackPlan Of(Action<JsonObject> change, JsonObject? existing = null, ImmutableSortedDictionary<string, string>? tags = null)
    {
        var wanted = Base;
        change((JsonObject)wanted["Resources"]!);
        return Between(existing ?? Base, wanted, tags);
    }

    public static StackPlan Between(JsonObject? existing, JsonObject wanted, ImmutableSortedDictionary<string, string>? tags = null)
    {
        var none = ImmutableSortedDictionary<string, string>.Empty;
        return StackPlanner.Plan(
            new WantedStack("application", Name, wanted, tags ?? none),
            existing is null ? null : new ExistingStack(existing, none, "CREATE_COMPLETE"),
            Schemas.GetValueOrDefault);
    }

    public static JsonObject Properties(this JsonObject resources, string logicalId) => (JsonObject)resources[logicalId]!["Properties"]!;
}
