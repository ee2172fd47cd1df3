using System.Text.Json.Nodes;
using Amazon.S3.Model;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.ApplicationAutoScaling;
using MlDeploy.Aws.Clients.CloudWatch;
using MlDeploy.Aws.Clients.Ec2;
using MlDeploy.Aws.Clients.Ecr;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.ElasticLoadBalancing;
using MlDeploy.Aws.Clients.Iam;
using MlDeploy.Aws.Clients.Logs;
using MlDeploy.Aws.Clients.Scheduler;
using MlDeploy.Aws.Clients.Sns;
using MlDeploy.Specs.Aws.Peers;
using Filter = MlDeploy.Aws.Clients.Ec2.Filter;

namespace MlDeploy.Specs.Aws.Clients;

/// <summary>Our clients against moto itself, with signatures and policies checked: what moto is right about.</summary>
public class MotoSpecs(MotoSpecs.Account account) : IClassFixture<MotoSpecs.Account>
{
    private const string Everything = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";
    private const string OnlyIdentity = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}]}""";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task The_caller_is_the_user_whose_key_signs()
    {
        using var session = await account.OpenAsync();
        Assert.Equal($"arn:aws:iam::123456789012:user/admin", (await session.CallerAsync(None)).Arn);
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_key_are_told_apart_from_a_missing_permission()
    {
        using var wrong = await account.OpenAsync(secret: "not-the-secret");
        using var unknown = await account.OpenAsync(keyId: "AKIAAAAAAAAAAAAAAAAA");
        using var denied = await account.OpenAsync(account.Limited.KeyId, account.Limited.Secret);
        Assert.Equal(AwsFailureKind.InvalidCredentials, (await Assert.ThrowsAsync<AwsServiceException>(() => wrong.CallerAsync(None))).Kind);
        Assert.Equal(AwsFailureKind.InvalidCredentials, (await Assert.ThrowsAsync<AwsServiceException>(() => unknown.CallerAsync(None))).Kind);

        Assert.Equal(AwsFailureKind.AccessDenied, (await Assert.ThrowsAsync<AwsServiceException>(() => denied.Ec2.DescribeVpcsAsync(new DescribeVpcsRequest(), None))).Kind);
        var refused = await Assert.ThrowsAsync<AwsServiceException>(() => denied.Sns.GetTopicAttributesAsync(new GetTopicAttributesRequest { TopicArn = account.Topic }, None));
        Assert.Equal(AwsFailureKind.AccessDenied, refused.Kind);
        Assert.Contains("sns:GetTopicAttributes", MlDeploy.Aws.Clients.Failures.AwsFailures.AsExpected(refused).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ec2_tells_the_network()
    {
        using var session = await account.OpenAsync();
        var vpc = Assert.Single((await session.Ec2.DescribeVpcsAsync(new DescribeVpcsRequest { Filters = [new Filter { Name = "isDefault", Values = ["true"] }] }, None)).Vpcs);
        Assert.True(vpc.IsDefault);
        var subnets = (await session.Ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest { Filters = [new Filter { Name = "vpc-id", Values = [vpc.VpcId] }] }, None)).Subnets;
        Assert.Equal(3, subnets.Length);
        Assert.All(subnets, subnet => Assert.StartsWith("eu-central-1", subnet.AvailabilityZone, StringComparison.Ordinal));
        var table = Assert.Single((await session.Ec2.DescribeRouteTablesAsync(new DescribeRouteTablesRequest { Filters = [new Filter { Name = "vpc-id", Values = [vpc.VpcId] }] }, None)).RouteTables);
        Assert.NotEmpty(table.Routes);
        Assert.Equal(3, (await session.Ec2.DescribeAvailabilityZonesAsync(new DescribeAvailabilityZonesRequest(), None)).AvailabilityZones.Length);
        Assert.NotEmpty((await session.Ec2.DescribeSecurityGroupsAsync(new DescribeSecurityGroupsRequest(), None)).SecurityGroups);
        Assert.Empty((await session.Ec2.DescribeAddressesAsync(new DescribeAddressesRequest(), None)).Addresses);

        var missing = await Assert.ThrowsAsync<AwsServiceException>(() => session.Ec2.DescribeVpcsAsync(new DescribeVpcsRequest { VpcIds = ["vpc-0"] }, None));
        Assert.Equal((AwsFailureKind.NotFound, "InvalidVpcID.NotFound"), (missing.Kind, missing.Code));
    }

    [Fact]
    public async Task Load_balancers_tell_their_weights_and_their_targets_health()
    {
        using var session = await account.OpenAsync();
        var balancer = Assert.Single((await session.ElasticLoadBalancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Names = ["front"] }, None)).LoadBalancers);
        var listener = Assert.Single((await session.ElasticLoadBalancing.DescribeListenersAsync(new DescribeListenersRequest { LoadBalancerArn = balancer.LoadBalancerArn }, None)).Listeners);
        Assert.Equal([90, 10], Assert.Single(listener.DefaultActions).ForwardConfig!.TargetGroups.Select(group => group.Weight!.Value));
        Assert.NotEmpty((await session.ElasticLoadBalancing.DescribeRulesAsync(new DescribeRulesRequest { ListenerArn = listener.ListenerArn }, None)).Rules);
        var groups = (await session.ElasticLoadBalancing.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { Names = ["blue", "green"] }, None)).TargetGroups;
        Assert.Equal(2, groups.Length);
        Assert.Empty((await session.ElasticLoadBalancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = groups[0].TargetGroupArn }, None)).TargetHealthDescriptions);
    }

    [Fact]
    public async Task S3_keeps_what_it_is_given_with_our_credentials()
    {
        using var session = await account.OpenAsync();
        await session.S3.PutBucketAsync(new PutBucketRequest { BucketName = "training", BucketRegionName = Sessions.Region }, None);
        await session.S3.PutObjectAsync(new PutObjectRequest { BucketName = "training", Key = "data/a b.csv", ContentBody = "1,2,3" }, None);
        using var got = await session.S3.GetObjectAsync("training", "data/a b.csv", None);
        using var reader = new StreamReader(got.ResponseStream);
        Assert.Equal("1,2,3", await reader.ReadToEndAsync());
        Assert.Equal(1, session.Calls["s3.PutObject"]);

        using var denied = await account.OpenAsync(account.Limited.KeyId, account.Limited.Secret);
        var failure = await Assert.ThrowsAsync<Amazon.S3.AmazonS3Exception>(() => denied.S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "training" }, None));
        Assert.Equal(AwsFailureKind.AccessDenied, MlDeploy.Aws.Clients.Failures.AwsFailures.FromSdk(failure).Kind);
    }

    [Fact]
    public async Task Ecr_tells_repositories_and_gives_a_login()
    {
        using var session = await account.OpenAsync();
        var repository = Assert.Single((await session.Ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = ["app"] }, None)).Repositories);
        Assert.EndsWith("/app", repository.RepositoryUri, StringComparison.Ordinal);
        var login = Assert.Single((await session.Ecr.GetAuthorizationTokenAsync(new GetAuthorizationTokenRequest(), None)).AuthorizationData);
        Assert.StartsWith("https://", login.ProxyEndpoint, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<AwsServiceException>(() => session.Ecr.DescribeImagesAsync(new DescribeImagesRequest { RepositoryName = "app", ImageIds = [new ImageIdentifier { ImageTag = "1" }] }, None));
        Assert.Equal((AwsFailureKind.NotFound, "ImageNotFoundException"), (missing.Kind, missing.Code));
    }

    [Fact]
    public async Task Sns_tells_subscriptions_and_takes_messages()
    {
        using var session = await account.OpenAsync();
        Assert.Equal(account.Topic, (await session.Sns.GetTopicAttributesAsync(new GetTopicAttributesRequest { TopicArn = account.Topic }, None)).Attributes["TopicArn"]);
        Assert.NotNull((await session.Sns.PublishAsync(new PublishRequest { TopicArn = account.Topic, Subject = "scaled", Message = "one task more & running" }, None)).MessageId);
        var subscriptions = new List<Subscription>();
        await foreach (var subscription in session.Sns.SubscriptionsAsync(account.Topic, None))
        {
            subscriptions.Add(subscription);
        }

        Assert.Equal("team@example.com", Assert.Single(subscriptions).Endpoint);
    }

    [Fact]
    public async Task Iam_tells_roles()
    {
        using var session = await account.OpenAsync();
        var role = (await session.Iam.GetRoleAsync(new GetRoleRequest { RoleName = "execution" }, None)).Role;
        Assert.Equal("arn:aws:iam::123456789012:role/execution", role.Arn);
        var missing = await Assert.ThrowsAsync<AwsServiceException>(() => session.Iam.GetRoleAsync(new GetRoleRequest { RoleName = "none" }, None));
        Assert.Equal((AwsFailureKind.NotFound, "NoSuchEntity"), (missing.Kind, missing.Code));
    }

    [Fact]
    public async Task A_role_is_assumed_and_then_signs()
    {
        using var session = await AwsSession.OpenAsync(account.Options() with { RoleArn = "arn:aws:iam::123456789012:role/execution" }, None);
        Assert.Equal("arn:aws:sts::123456789012:assumed-role/execution/mldeploy", (await session.CallerAsync(None)).Arn);
        Assert.Equal(1, session.Calls["sts.AssumeRole"]);
    }

    [Fact]
    public async Task CloudWatch_keeps_metrics_alarms_and_dashboards()
    {
        using var session = await account.OpenAsync();
        var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60);
        var dimensions = new[] { new Dimension { Name = "Application", Value = "fraud" } };
        await session.CloudWatch.PutMetricDataAsync(
            new PutMetricDataRequest { Namespace = "mldeploy", MetricData = [new MetricDatum { MetricName = "Heartbeat", Dimensions = [.. dimensions], Timestamp = now, Value = 1.5, StorageResolution = 1 }] }, None);
        var read = await session.CloudWatch.GetMetricDataAsync(
            new GetMetricDataRequest
            {
                StartTime = now.AddMinutes(-5),
                EndTime = now.AddMinutes(5),
                MetricDataQueries = [new MetricDataQuery { Id = "beat", MetricStat = new MetricStat { Metric = new Metric { Namespace = "mldeploy", MetricName = "Heartbeat", Dimensions = [.. dimensions] }, Period = 60, Stat = "Sum" } }],
            },
            None);
        var result = Assert.Single(read.MetricDataResults);
        Assert.Equal((now, 1.5), (Assert.Single(result.Timestamps), Assert.Single(result.Values)));

        await session.CloudWatch.PutMetricAlarmAsync(
            new PutMetricAlarmRequest { AlarmName = "beat", ComparisonOperator = "LessThanThreshold", EvaluationPeriods = 3, MetricName = "Heartbeat", Namespace = "mldeploy", Period = 10, Statistic = "SampleCount", Threshold = 1, TreatMissingData = "breaching", Dimensions = [.. dimensions] },
            None);
        var alarm = Assert.Single((await session.CloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = ["beat"] }, None)).MetricAlarms);
        Assert.Equal(("breaching", 10, 3), (alarm.TreatMissingData, alarm.Period, alarm.EvaluationPeriods));
        await session.CloudWatch.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = ["beat"] }, None);
        Assert.Empty((await session.CloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = ["beat"] }, None)).MetricAlarms);

        await session.CloudWatch.PutDashboardAsync(new PutDashboardRequest { DashboardName = "fraud", DashboardBody = """{"widgets":[]}""" }, None);
        Assert.Equal("""{"widgets":[]}""", (await session.CloudWatch.GetDashboardAsync(new GetDashboardRequest { DashboardName = "fraud" }, None)).DashboardBody);
    }

    [Fact]
    public async Task Ecs_keeps_a_task_definition_whole()
    {
        using var session = await account.OpenAsync();
        var made = await session.Ecs.RegisterTaskDefinitionAsync(
            new RegisterTaskDefinitionRequest { Definition = new JsonObject { ["family"] = "fraud-a", ["containerDefinitions"] = new JsonArray(new JsonObject { ["name"] = "app", ["image"] = "nginx", ["memory"] = 512, ["essential"] = true }) } }, None);
        var arn = made.TaskDefinition["taskDefinitionArn"]!.GetValue<string>();
        var read = await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = arn }, None);
        Assert.Equal("nginx", read.TaskDefinition["containerDefinitions"]![0]!["image"]!.GetValue<string>());
        var arns = new List<string>();
        await foreach (var one in session.Ecs.TaskDefinitionsAsync(new ListTaskDefinitionsRequest { FamilyPrefix = "fraud-a" }, None))
        {
            arns.Add(one);
        }

        Assert.Equal([arn], arns);
    }

    [Fact]
    public async Task Logs_tell_events_in_order()
    {
        using var session = await account.OpenAsync();
        var events = new List<FilteredLogEvent>();
        await foreach (var one in session.Logs.EventsAsync(new FilterLogEventsRequest { LogGroupName = "/mldeploy/fraud" }, None))
        {
            events.Add(one);
        }

        Assert.Equal(["first", "second"], events.Select(one => one.Message));
        Assert.Equal(14, Assert.Single((await session.Logs.DescribeLogGroupsAsync(new DescribeLogGroupsRequest { LogGroupNamePrefix = "/mldeploy" }, None)).LogGroups).RetentionInDays);
    }

    [Fact]
    public async Task Schedules_go_by_path_and_query()
    {
        using var session = await account.OpenAsync();
        var target = new Target { Arn = "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob", RoleArn = "arn:aws:iam::123456789012:role/execution", Input = "{}" };
        await session.Scheduler.CreateScheduleAsync(new CreateScheduleRequest { Name = "retrain", ScheduleExpression = "rate(7 days)", FlexibleTimeWindow = new FlexibleTimeWindow { Mode = "OFF" }, Target = target }, None);
        var read = await session.Scheduler.GetScheduleAsync(new GetScheduleRequest { Name = "retrain" }, None);
        Assert.Equal(("rate(7 days)", "{}"), (read.ScheduleExpression, read.Target!.Input));
        await session.Scheduler.DeleteScheduleAsync(new DeleteScheduleRequest { Name = "retrain", GroupName = "default" }, None);
        Assert.Equal(AwsFailureKind.NotFound, (await Assert.ThrowsAsync<AwsServiceException>(() => session.Scheduler.GetScheduleAsync(new GetScheduleRequest { Name = "retrain" }, None))).Kind);
    }

    [Fact]
    public async Task Scalable_targets_are_suspended_and_told()
    {
        using var session = await account.OpenAsync();
        await session.ApplicationAutoScaling.RegisterScalableTargetAsync(
            new RegisterScalableTargetRequest { ServiceNamespace = "ecs", ResourceId = "service/default/web", ScalableDimension = "ecs:service:DesiredCount", MinCapacity = 1, MaxCapacity = 4, SuspendedState = new SuspendedState { DynamicScalingInSuspended = true } }, None);
        var target = Assert.Single((await session.ApplicationAutoScaling.DescribeScalableTargetsAsync(new DescribeScalableTargetsRequest { ServiceNamespace = "ecs" }, None)).ScalableTargets);
        Assert.Equal((1, 4, true), (target.MinCapacity, target.MaxCapacity, target.SuspendedState!.DynamicScalingInSuspended));
    }

    /// <summary>One server and one account for all of these, with its signatures checked.</summary>
    public sealed class Account : IAsyncLifetime
    {
        private MotoServer? server;

        public string Topic => "arn:aws:sns:eu-central-1:123456789012:events";

        public (string KeyId, string Secret) Admin { get; private set; }

        public (string KeyId, string Secret) Limited { get; private set; }

        public async ValueTask InitializeAsync()
        {
            server = await MotoServer.StartAsync();
            using var account = new MotoAccount(server.Endpoint);
            Admin = await account.UserAsync("admin", Everything);
            Limited = await account.UserAsync("limited", OnlyIdentity);
            await account.QueryAsync("iam", "2010-05-08", ("Action", "CreateRole"), ("RoleName", "execution"), ("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}"""));
            await account.QueryAsync("iam", "2010-05-08", ("Action", "PutRolePolicy"), ("RoleName", "execution"), ("PolicyName", "all"), ("PolicyDocument", Everything));
            await account.QueryAsync("sns", "2010-03-31", ("Action", "CreateTopic"), ("Name", "events"));
            await account.QueryAsync("sns", "2010-03-31", ("Action", "Subscribe"), ("TopicArn", Topic), ("Protocol", "email"), ("Endpoint", "team@example.com"));
            await account.JsonAsync("ecr", "AmazonEC2ContainerRegistry_V20150921.CreateRepository", """{"repositoryName":"app"}""");
            await BalancerAsync(account);
            await account.JsonAsync("ecs", "AmazonEC2ContainerServiceV20141113.CreateCluster", """{"clusterName":"default"}""");
            await account.JsonAsync("ecs", "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition", """{"family":"web","containerDefinitions":[{"name":"web","image":"nginx","memory":64}]}""");
            await account.JsonAsync("ecs", "AmazonEC2ContainerServiceV20141113.CreateService", """{"serviceName":"web","taskDefinition":"web","desiredCount":1}""");
            await account.JsonAsync("logs", "Logs_20140328.CreateLogGroup", """{"logGroupName":"/mldeploy/fraud"}""");
            await account.JsonAsync("logs", "Logs_20140328.PutRetentionPolicy", """{"logGroupName":"/mldeploy/fraud","retentionInDays":14}""");
            await account.JsonAsync("logs", "Logs_20140328.CreateLogStream", """{"logGroupName":"/mldeploy/fraud","logStreamName":"a/1"}""");
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            await account.JsonAsync("logs", "Logs_20140328.PutLogEvents", $$"""{"logGroupName":"/mldeploy/fraud","logStreamName":"a/1","logEvents":[{"timestamp":{{now}},"message":"first"},{"timestamp":{{now + 1}},"message":"second"}]}""");
            await server.CheckSignaturesAsync();
        }

        internal AwsSessionOptions Options(string? keyId = null, string? secret = null) => Sessions.At(server!.Endpoint, keyId ?? Admin.KeyId, secret ?? Admin.Secret);

        internal Task<AwsSession> OpenAsync(string? keyId = null, string? secret = null) => AwsSession.OpenAsync(Options(keyId, secret), None);

        public async ValueTask DisposeAsync()
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }
        }

        private static async Task BalancerAsync(MotoAccount account)
        {
            const string Version = "2015-12-01";
            var vpc = MotoAccount.Between(await account.QueryAsync("ec2", "2016-11-15", ("Action", "DescribeVpcs")), "vpcId");
            var subnet = MotoAccount.Between(await account.QueryAsync("ec2", "2016-11-15", ("Action", "DescribeSubnets")), "subnetId");
            var balancer = MotoAccount.Between(await account.QueryAsync("elasticloadbalancing", Version, ("Action", "CreateLoadBalancer"), ("Name", "front"), ("Subnets.member.1", subnet)), "LoadBalancerArn");
            async Task<string> GroupAsync(string name) => MotoAccount.Between(
                await account.QueryAsync("elasticloadbalancing", Version, ("Action", "CreateTargetGroup"), ("Name", name), ("Protocol", "HTTP"), ("Port", "80"), ("VpcId", vpc), ("TargetType", "ip")), "TargetGroupArn");
            var (blue, green) = (await GroupAsync("blue"), await GroupAsync("green"));
            await account.QueryAsync(
                "elasticloadbalancing", Version, ("Action", "CreateListener"), ("LoadBalancerArn", balancer), ("Protocol", "HTTP"), ("Port", "80"), ("DefaultActions.member.1.Type", "forward"),
                ("DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn", blue), ("DefaultActions.member.1.ForwardConfig.TargetGroups.member.1.Weight", "90"),
                ("DefaultActions.member.1.ForwardConfig.TargetGroups.member.2.TargetGroupArn", green), ("DefaultActions.member.1.ForwardConfig.TargetGroups.member.2.Weight", "10"));
        }
    }
}
