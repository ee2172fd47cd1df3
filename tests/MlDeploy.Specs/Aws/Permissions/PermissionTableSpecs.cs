using System.Text.RegularExpressions;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Permissions;
using MlDeploy.Specs.Aws.Clients;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Specs.Aws.Permissions;

public class PermissionTableSpecs
{
    /// <summary>Actions that stand for no single operation, or are called otherwise than the operation (Service Authorization Reference).</summary>
    private static readonly HashSet<string> NamedByIam =
    [
        "iam:PassRole", "s3:AbortMultipartUpload", "s3:DeleteObjectVersion", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetObjectVersion",
        "s3:GetBucketPublicAccessBlock", "s3:ListBucket", "s3:ListBucketVersions", "s3:ListMultipartUploadParts", "s3:PutBucketPublicAccessBlock", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
        "cloudformation:TagResource", "cloudformation:UntagResource",
    ];

    /// <summary>What making a resource of each type needs first; the rest of its life stands beside it in the table.</summary>
    private static readonly Dictionary<string, string> Making = new()
    {
        ["AWS::ApplicationAutoScaling::ScalableTarget"] = "application-autoscaling:RegisterScalableTarget",
        ["AWS::ApplicationAutoScaling::ScalingPolicy"] = "application-autoscaling:PutScalingPolicy",
        ["AWS::CloudWatch::Alarm"] = "cloudwatch:PutMetricAlarm",
        ["AWS::CloudWatch::Dashboard"] = "cloudwatch:PutDashboard",
        ["AWS::CodeDeploy::Application"] = "codedeploy:CreateApplication",
        ["AWS::CodeDeploy::DeploymentConfig"] = "codedeploy:CreateDeploymentConfig",
        ["AWS::CodeDeploy::DeploymentGroup"] = "codedeploy:CreateDeploymentGroup",
        ["AWS::EC2::EIP"] = "ec2:AllocateAddress",
        ["AWS::EC2::InternetGateway"] = "ec2:CreateInternetGateway",
        ["AWS::EC2::NatGateway"] = "ec2:CreateNatGateway",
        ["AWS::EC2::Route"] = "ec2:CreateRoute",
        ["AWS::EC2::RouteTable"] = "ec2:CreateRouteTable",
        ["AWS::EC2::SecurityGroup"] = "ec2:CreateSecurityGroup",
        ["AWS::EC2::SecurityGroupIngress"] = "ec2:AuthorizeSecurityGroupIngress",
        ["AWS::EC2::SecurityGroupEgress"] = "ec2:AuthorizeSecurityGroupEgress",
        ["AWS::EC2::Subnet"] = "ec2:CreateSubnet",
        ["AWS::EC2::SubnetRouteTableAssociation"] = "ec2:AssociateRouteTable",
        ["AWS::EC2::VPC"] = "ec2:CreateVpc",
        ["AWS::EC2::VPCEndpoint"] = "ec2:CreateVpcEndpoint",
        ["AWS::EC2::VPCGatewayAttachment"] = "ec2:AttachInternetGateway",
        ["AWS::ECR::Repository"] = "ecr:CreateRepository",
        ["AWS::ECS::Cluster"] = "ecs:CreateCluster",
        ["AWS::ECS::Service"] = "ecs:CreateService",
        ["AWS::ECS::TaskDefinition"] = "ecs:RegisterTaskDefinition",
        ["AWS::ElasticLoadBalancingV2::Listener"] = "elasticloadbalancing:CreateListener",
        ["AWS::ElasticLoadBalancingV2::LoadBalancer"] = "elasticloadbalancing:CreateLoadBalancer",
        ["AWS::ElasticLoadBalancingV2::TargetGroup"] = "elasticloadbalancing:CreateTargetGroup",
        ["AWS::Events::Rule"] = "events:PutRule",
        ["AWS::IAM::Role"] = "iam:CreateRole",
        ["AWS::IAM::RolePolicy"] = "iam:PutRolePolicy",
        ["AWS::Logs::LogGroup"] = "logs:CreateLogGroup",
        ["AWS::S3::Bucket"] = "s3:CreateBucket",
        ["AWS::S3::BucketPolicy"] = "s3:PutBucketPolicy",
        ["AWS::SNS::Topic"] = "sns:CreateTopic",
        ["AWS::SNS::TopicPolicy"] = "sns:SetTopicAttributes",
        ["AWS::SageMaker::NotebookInstance"] = "sagemaker:CreateNotebookInstance",
        ["AWS::Scheduler::Schedule"] = "scheduler:CreateSchedule",
    };

    private static readonly PolicyScope Scope = new("fraud-scoring", "aws", "eu-central-1", "123456789012");

    private static HashSet<string> Allowed { get; } = [.. PermissionTable.All.SelectMany(permission => permission.Actions)];

    [Fact]
    public void Every_call_that_a_client_can_make_is_in_the_table()
    {
        // A role is assumed with the permissions of whoever assumes it, which are not the role's.
        var needed = OurRequests.All.Select(ours => ours.Service.PolicyAction(OurRequests.Action(ours.Request))).Where(action => action != "sts:AssumeRole");
        Assert.Empty(needed.Except(Allowed));
    }

    [Fact]
    public void Every_action_is_an_operation_of_its_service_or_a_name_that_only_IAM_knows()
    {
        var operations = AwsServices.All.SelectMany(service => ApiModel.Of(service).Operations.EnumerateObject().Select(operation => service.PolicyAction(operation.Name))).ToHashSet();
        Assert.Empty(Allowed.Except(operations).Except(NamedByIam));
    }

    [Fact]
    public void Every_resource_type_of_the_templates_can_be_made()
    {
        var types = Directory.GetFiles(Path.Combine(Golden.Repository, "templates/aws"), "*.yaml")
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "(?<=Type: )AWS::[A-Za-z0-9]+::[A-Za-z0-9]+").Select(match => match.Value))
            .Distinct().ToList();
        Assert.NotEmpty(types);
        Assert.Empty(types.Except(Making.Keys));
        Assert.Empty(types.Select(type => Making[type]).Except(Allowed));
    }

    [Fact]
    public void Every_command_that_is_named_is_one_of_the_tool()
    {
        var commands = Root.Create(new CommonOptions()).Subcommands.Select(command => command.Name);
        Assert.Empty(Purposes.OfCommands.Keys.Except(commands));
    }

    [Fact]
    public void Statements_are_named_once_and_policies_fit_into_what_IAM_allows()
    {
        Assert.All(PermissionTable.All, permission => Assert.Matches("^[A-Za-z0-9]+$", permission.Sid));
        Assert.Equal(PermissionTable.All.Length, PermissionTable.All.Select(permission => permission.Sid).Distinct().Count());

        // The longest names that a manifest may have.
        var wide = new PolicyScope(new string('n', 24), "aws-us-gov", "ap-southeast-2", "123456789012");
        Assert.All(LeastPrivilege.Policies(wide), policy => Assert.InRange(policy.Document.ToJsonString().Count(character => !char.IsWhiteSpace(character)), 1, LeastPrivilege.LongestPolicy));
    }

    [Fact]
    public void Nothing_is_allowed_by_a_wildcard_action_and_what_changes_things_is_limited_to_names()
    {
        Assert.DoesNotContain(Allowed, action => action.Contains('*', StringComparison.Ordinal));

        // Where IAM knows no resource for an action, or it only reads, or a condition limits it.
        string[] changesWithoutNames = ["ecs:RegisterTaskDefinition", "ecs:DeregisterTaskDefinition", "ecr:GetAuthorizationToken", "cloudformation:ValidateTemplate", "logs:StopQuery", "iam:ListOpenIDConnectProviders"];
        var open = PermissionTable.All.Where(permission => permission.Resources.Contains("*") && permission.Conditions.IsEmpty).SelectMany(permission => permission.Actions);
        Assert.All(open.Except(changesWithoutNames), action => Assert.Matches(":(Describe|Get|List)", action));
    }

    [Theory]
    [InlineData(null, null, "repo:octo/fraud:ref:refs/heads/main")]
    [InlineData("release", null, "repo:octo/fraud:ref:refs/heads/release")]
    [InlineData(null, "production", "repo:octo/fraud:environment:production")]
    public void Trust_is_for_one_repository_and_one_branch_or_environment(string? branch, string? environment, string subject) =>
        Assert.Equal(subject, GitHubTrust.For("octo/fraud", branch, environment).Subject);

    [Theory]
    [InlineData("octo", null)]
    [InlineData("octo/*", null)]
    [InlineData("octo/fraud/more", null)]
    [InlineData("octo/fraud", "*")]
    [InlineData("octo/fraud:ref", null)]
    public void Trust_for_more_than_one_is_refused(string repository, string? branch) =>
        Assert.Throws<MlDeploy.Core.Errors.ExpectedException>(() => GitHubTrust.For(repository, branch, null));

    [Fact]
    public void The_policies_are_these()
    {
        var text = string.Join("\n", LeastPrivilege.Policies(Scope).Select(policy => $"# {policy.Name}\n{MlDeploy.Tool.OnAws.PolicyText.Of(policy.Document)}\n"));
        Golden.Match("tests/MlDeploy.Specs/Aws/Permissions/policies.golden", text);
        Golden.Match("tests/MlDeploy.Specs/Aws/Permissions/trust.golden", MlDeploy.Tool.OnAws.PolicyText.Of(GitHubTrust.For("octo/fraud-scoring", null, "production").Document(Scope)) + "\n");
    }
}
