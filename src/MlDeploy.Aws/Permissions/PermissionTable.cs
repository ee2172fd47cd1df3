using System.Collections.Immutable;

namespace MlDeploy.Aws.Permissions;

/// <summary>
/// The single source of what mldeploy may need to do in an account. A specification holds it against every call our
/// clients can make and every resource type of the templates. Sources: the Service Authorization Reference for the
/// resources an action can be limited to, the resource schemas' handlers for what CloudFormation calls.
/// </summary>
internal static class PermissionTable
{
    /// <summary>Roles and stacks of the templates are named after their stacks: mldeploy-NAME-…</summary>
    private const string Roles = "arn:{partition}:iam::{account}:role/mldeploy-{name}-*";

    // Above the table, which is made from it.
    private static readonly string[] CodeDeploy =
    [
        "arn:{partition}:codedeploy:{region}:{account}:application:{name}",
        "arn:{partition}:codedeploy:{region}:{account}:deploymentgroup:{name}/*",
        "arn:{partition}:codedeploy:{region}:{account}:deploymentconfig:*",
    ];

    public static ImmutableArray<Permission> All { get; } = [.. Reading(), .. Images(), .. Provisioning(), .. Monitoring(), .. Networking(), .. Deploying(), .. Training(), .. Destroying()];

    private static IEnumerable<Permission> Reading() =>
    [
        Allow(Purpose.Read, "ReadStacks", "cloudformation", "DescribeStacks DescribeStackEvents DescribeStackResources ListStackResources GetTemplate ListChangeSets DescribeChangeSet", Stacks),
        Anywhere(Purpose.Read, "ReadWithoutNames",
            "cloudformation:ValidateTemplate ec2:DescribeVpcs ec2:DescribeSubnets ec2:DescribeRouteTables ec2:DescribeAvailabilityZones ec2:DescribeAddresses ec2:DescribeSecurityGroups "
            + "elasticloadbalancing:DescribeLoadBalancers elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeRules elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:DescribeTargetHealth "
            + "cloudwatch:GetMetricData cloudwatch:ListMetrics cloudwatch:DescribeAlarms cloudwatch:DescribeAlarmHistory "
            + "application-autoscaling:DescribeScalableTargets application-autoscaling:DescribeScalingActivities application-autoscaling:DescribeScheduledActions "
            + "ecs:DescribeTaskDefinition ecs:ListTaskDefinitions logs:DescribeLogGroups logs:GetQueryResults logs:StopQuery sagemaker:ListTrainingJobs scheduler:ListSchedules "
            + "servicequotas:GetServiceQuota iam:ListOpenIDConnectProviders sts:GetCallerIdentity"),
        Allow(Purpose.Read, "ReadRegistry", "ecr", "DescribeRepositories DescribeImages ListImages BatchGetImage DescribeImageScanFindings", "arn:{partition}:ecr:{region}:{account}:repository/{name}"),
        Allow(Purpose.Read, "ReadService", "ecs", "DescribeClusters DescribeServices DescribeTasks",
            "arn:{partition}:ecs:{region}:{account}:cluster/{name}", "arn:{partition}:ecs:{region}:{account}:service/{name}/*", "arn:{partition}:ecs:{region}:{account}:task/{name}/*"),
        Anywhere(Purpose.Read, "ReadTasks", "ecs:ListTasks").When("ecs:cluster", "arn:{partition}:ecs:{region}:{account}:cluster/{name}"),
        Allow(Purpose.Read, "ReadDashboard", "cloudwatch", "GetDashboard", Dashboard),
        Allow(Purpose.Read, "ReadLogs", "logs", "DescribeLogStreams FilterLogEvents GetLogEvents StartQuery",
            "arn:{partition}:logs:{region}:{account}:log-group:/mldeploy/{name}*", "arn:{partition}:logs:{region}:{account}:log-group:/aws/sagemaker/*"),
        Allow(Purpose.Read, "ReadTopic", "sns", "GetTopicAttributes ListSubscriptionsByTopic", Topics),
        Allow(Purpose.Read, "ReadDeployments", "codedeploy", "BatchGetDeployments GetDeployment GetDeploymentConfig GetDeploymentGroup GetDeploymentTarget ListDeployments ListDeploymentTargets", CodeDeploy),
        Allow(Purpose.Read, "ReadRules", "events", "DescribeRule ListTargetsByRule", Rules),
        Allow(Purpose.Read, "ReadTraining", "sagemaker", "DescribeNotebookInstance DescribeTrainingJob", Notebook, TrainingJobs),
        Allow(Purpose.Read, "ReadSchedule", "scheduler", "GetSchedule", Schedules),
        Allow(Purpose.Read, "ReadData", "s3", "ListBucket GetBucketLocation", Bucket),
        Allow(Purpose.Read, "ReadOwnPermissions", "iam", "GetRole SimulatePrincipalPolicy", "arn:{partition}:iam::{account}:role/*", "arn:{partition}:iam::{account}:user/*"),
    ];

    private static IEnumerable<Permission> Images() =>
    [
        Anywhere(Purpose.Image, "LogInToRegistry", "ecr:GetAuthorizationToken"),
        Allow(Purpose.Image, "PushImages", "ecr",
            "BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload DescribeImages GetDownloadUrlForLayer InitiateLayerUpload PutImage UploadLayerPart", Repository),
    ];

    private static IEnumerable<Permission> Provisioning() =>
    [
        Allow(Purpose.Provision, "ChangeStacks", "cloudformation",
            "CancelUpdateStack ContinueUpdateRollback CreateChangeSet DeleteChangeSet DeleteStack ExecuteChangeSet TagResource UntagResource UpdateTerminationProtection", Stacks),
        Allow(Purpose.Provision, "ChangeRegistry", "ecr",
            "CreateRepository DeleteLifecyclePolicy DeleteRepository DeleteRepositoryPolicy GetLifecyclePolicy GetRepositoryPolicy ListTagsForResource PutImageScanningConfiguration PutImageTagMutability PutLifecyclePolicy SetRepositoryPolicy TagResource UntagResource", Repository),
        Allow(Purpose.Provision, "ChangeBalancer", "elasticloadbalancing",
            "AddTags CreateListener CreateLoadBalancer CreateTargetGroup DeleteListener DeleteLoadBalancer DeleteTargetGroup ModifyListener ModifyListenerAttributes ModifyLoadBalancerAttributes ModifyTargetGroup ModifyTargetGroupAttributes RemoveTags SetIpAddressType SetSecurityGroups SetSubnets",
            "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/*", "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/app/{name}/*", "arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{name}-*"),
        Anywhere(Purpose.Provision, "SettleWithoutNames",
            "application-autoscaling:DescribeScalingPolicies ecs:DeregisterTaskDefinition ecs:RegisterTaskDefinition elasticloadbalancing:DescribeListenerAttributes elasticloadbalancing:DescribeLoadBalancerAttributes elasticloadbalancing:DescribeTags elasticloadbalancing:DescribeTargetGroupAttributes"),
        Allow(Purpose.Provision, "ChangeService", "ecs",
            "CreateCluster CreateService DeleteCluster DeleteService ListTagsForResource PutClusterCapacityProviders TagResource UntagResource UpdateCluster UpdateClusterSettings UpdateService",
            "arn:{partition}:ecs:{region}:{account}:cluster/{name}", "arn:{partition}:ecs:{region}:{account}:service/{name}/*", "arn:{partition}:ecs:{region}:{account}:task-definition/{name}-*"),
        Allow(Purpose.Provision, "ChangeScaling", "application-autoscaling",
            "DeleteScalingPolicy DeregisterScalableTarget ListTagsForResource PutScalingPolicy RegisterScalableTarget TagResource UntagResource", ScalableTargets),
        Allow(Purpose.Provision, "ChangeDeploying", "codedeploy",
            "CreateApplication CreateDeploymentConfig CreateDeploymentGroup DeleteApplication DeleteDeploymentConfig DeleteDeploymentGroup GetApplication ListTagsForResource StopDeployment TagResource UntagResource UpdateApplication UpdateDeploymentGroup", CodeDeploy),
        Allow(Purpose.Provision, "ChangeRoles", "iam",
            "AttachRolePolicy CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRolePolicy ListAttachedRolePolicies ListRolePolicies PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription", Roles),
        Pass(Purpose.Provision, "PassRoles", "ecs-tasks.amazonaws.com", "codedeploy.amazonaws.com", "events.amazonaws.com"),
        Allow(Purpose.Provision, "FirstUseOfServices", "iam", "CreateServiceLinkedRole", "arn:{partition}:iam::{account}:role/aws-service-role/*")
            .When("iam:AWSServiceName", "ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com", "elasticloadbalancing.amazonaws.com"),
    ];

    private static IEnumerable<Permission> Monitoring() =>
    [
        Allow(Purpose.Monitor, "ChangeLogGroup", "logs",
            "CreateLogGroup DeleteLogGroup DeleteRetentionPolicy ListTagsForResource PutRetentionPolicy TagResource UntagResource", "arn:{partition}:logs:{region}:{account}:log-group:/mldeploy/{name}*"),
        Allow(Purpose.Monitor, "ChangeTopic", "sns",
            "CreateTopic DeleteTopic GetDataProtectionPolicy ListTagsForResource SetTopicAttributes Subscribe TagResource Unsubscribe UntagResource", Topics),
        Allow(Purpose.Monitor, "ChangeRules", "events", "DeleteRule ListTagsForResource PutRule PutTargets RemoveTargets TagResource UntagResource", Rules),
        Allow(Purpose.Monitor, "ChangeWatching", "cloudwatch", "DeleteAlarms DeleteDashboards ListTagsForResource PutDashboard PutMetricAlarm TagResource UntagResource", Alarms, Dashboard),
    ];

    // Ids of a network are drawn, so that no name can limit these; the account and region do.
    private static IEnumerable<Permission> Networking() =>
    [
        Allow(Purpose.Network, "ChangeNetwork", "ec2",
            "AllocateAddress AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateInternetGateway CreateNatGateway CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint "
            + "DeleteInternetGateway DeleteNatGateway DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints DetachInternetGateway DisassociateAddress DisassociateRouteTable "
            + "ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint ReleaseAddress ReplaceRoute RevokeSecurityGroupEgress RevokeSecurityGroupIngress UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress",
            "arn:{partition}:ec2:{region}:{account}:*/*"),
        Anywhere(Purpose.Network, "ReadNetwork",
            "ec2:DescribeAccountAttributes ec2:DescribeInternetGateways ec2:DescribeNatGateways ec2:DescribeNetworkAcls ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroupRules ec2:DescribeVpcAttribute ec2:DescribeVpcEndpoints ec2:DescribePrefixLists"),
    ];

    private static IEnumerable<Permission> Deploying() =>
    [
        Anywhere(Purpose.Deploy, "RegisterVersions", "ecs:DeregisterTaskDefinition ecs:RegisterTaskDefinition"),
        Allow(Purpose.Deploy, "TagVersions", "ecs", "TagResource", "arn:{partition}:ecs:{region}:{account}:task-definition/{name}-*"),
        Allow(Purpose.Deploy, "StopTasks", "ecs", "StopTask UpdateService", "arn:{partition}:ecs:{region}:{account}:service/{name}/*", "arn:{partition}:ecs:{region}:{account}:task/{name}/*"),
        Allow(Purpose.Deploy, "Deploy", "codedeploy",
            "ContinueDeployment CreateDeployment CreateDeploymentConfig GetApplicationRevision RegisterApplicationRevision StopDeployment UpdateDeploymentGroup", CodeDeploy),
        Pass(Purpose.Deploy, "PassVersionRoles", "ecs-tasks.amazonaws.com", "codedeploy.amazonaws.com"),
        Anywhere(Purpose.Deploy, "Beat", "cloudwatch:PutMetricData").When("cloudwatch:namespace", "mldeploy", "mldeploy/*"),
        Allow(Purpose.Deploy, "WatchOverDeployment", "cloudwatch", "DeleteAlarms PutDashboard PutMetricAlarm TagResource", Alarms, Dashboard),
        Allow(Purpose.Deploy, "HoldScaling", "application-autoscaling", "DeleteScheduledAction PutScheduledAction RegisterScalableTarget", ScalableTargets),
        Allow(Purpose.Deploy, "KeepJournal", "logs", "CreateLogStream PutLogEvents", "arn:{partition}:logs:{region}:{account}:log-group:/mldeploy/{name}*"),
        Allow(Purpose.Deploy, "Tell", "sns", "Publish", Topics),
    ];

    private static IEnumerable<Permission> Training() =>
    [
        Allow(Purpose.Train, "ChangeBucket", "s3",
            "CreateBucket DeleteBucketPolicy GetBucketAcl GetBucketOwnershipControls GetBucketPolicy GetBucketPublicAccessBlock GetBucketTagging GetBucketVersioning GetEncryptionConfiguration GetLifecycleConfiguration ListBucketVersions PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration", Bucket),
        Allow(Purpose.Train, "PutData", "s3", "AbortMultipartUpload GetObject GetObjectVersion ListMultipartUploadParts PutObject", Bucket + "/*"),
        Allow(Purpose.Train, "ChangeNotebook", "sagemaker",
            "AddTags CreateNotebookInstance CreatePresignedNotebookInstanceUrl DeleteNotebookInstance DeleteTags ListTags StartNotebookInstance StopNotebookInstance UpdateNotebookInstance", Notebook),
        Allow(Purpose.Train, "RunJobs", "sagemaker", "AddTags CreateTrainingJob StopTrainingJob", TrainingJobs),
        Allow(Purpose.Train, "ChangeSchedule", "scheduler", "CreateSchedule DeleteSchedule UpdateSchedule", Schedules),
        Pass(Purpose.Train, "PassTrainingRoles", "sagemaker.amazonaws.com", "scheduler.amazonaws.com"),
    ];

    private static IEnumerable<Permission> Destroying() =>
    [
        Allow(Purpose.Destroy, "DeleteImages", "ecr", "BatchDeleteImage DeleteRepository", Repository),
        Allow(Purpose.Destroy, "DeleteBucket", "s3", "DeleteBucket", Bucket),
        Allow(Purpose.Destroy, "DeleteData", "s3", "DeleteObject DeleteObjectVersion", Bucket + "/*"),
    ];

    private const string Stacks = "arn:{partition}:cloudformation:{region}:{account}:stack/mldeploy-{name}-*/*";
    private const string Repository = "arn:{partition}:ecr:{region}:{account}:repository/{name}";
    private const string Dashboard = "arn:{partition}:cloudwatch::{account}:dashboard/{name}";
    private const string Alarms = "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}-*";
    private const string Topics = "arn:{partition}:sns:{region}:{account}:{name}-*";
    private const string Rules = "arn:{partition}:events:{region}:{account}:rule/{name}-*";
    private const string ScalableTargets = "arn:{partition}:application-autoscaling:{region}:{account}:scalable-target/*";
    private const string Notebook = "arn:{partition}:sagemaker:{region}:{account}:notebook-instance/{name}";
    private const string TrainingJobs = "arn:{partition}:sagemaker:{region}:{account}:training-job/{name}-*";
    private const string Schedules = "arn:{partition}:scheduler:{region}:{account}:schedule/default/{name}-*";
    private const string Bucket = "arn:{partition}:s3:::{name}-training-{account}-{region}";

    private static Permission Allow(Purpose purpose, string sid, string service, string actions, params string[] resources) =>
        new(purpose, sid, [.. actions.Split(' ').Select(action => $"{service}:{action}")], [.. resources]);

    /// <summary>Actions of several services that IAM cannot limit to resources.</summary>
    private static Permission Anywhere(Purpose purpose, string sid, string actions) => new(purpose, sid, [.. actions.Split(' ')], ["*"]);

    /// <summary>Roles go only to the services that are to act with them.</summary>
    private static Permission Pass(Purpose purpose, string sid, params string[] services) => Allow(purpose, sid, "iam", "PassRole", Roles).When("iam:PassedToService", services);
}
