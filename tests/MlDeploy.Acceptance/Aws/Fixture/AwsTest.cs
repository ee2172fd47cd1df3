using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>A test in the account that all share. Whatever became of it, the account is well afterwards.</summary>
[Collection(OnTheTwin.Name)]
public abstract class AwsTest(TwinAccount account) : IAsyncLifetime
{
    protected TwinAccount Account { get; } = account;

    private protected OfficialCommandLine Aws => Account.Aws;

    public ValueTask InitializeAsync()
    {
        Account.Require();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Account.Twin.Faults.Set(new FaultSettings());
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Everything of an application that the official command line finds, each as `kind name`.</summary>
    private protected async Task<string[]> FoundAsync(string name)
    {
        (string Kind, string Command, string Query)[] looks =
        [
            ("stack", "cloudformation list-stacks", "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName"),
            ("repository", "ecr describe-repositories", "repositories[].repositoryName"),
            ("bucket", "s3api list-buckets", "Buckets[].Name"),
            ("network", "ec2 describe-vpcs", "Vpcs[].Tags[?Key=='Name'].Value[]"),
            ("balancer", "elbv2 describe-load-balancers", "LoadBalancers[].LoadBalancerName"),
            ("target group", "elbv2 describe-target-groups", "TargetGroups[].TargetGroupName"),
            ("cluster", "ecs list-clusters", "clusterArns"),
            ("role", "iam list-roles", "Roles[].RoleName"),
            ("log group", "logs describe-log-groups", "logGroups[].logGroupName"),
            ("topic", "sns list-topics", "Topics[].TopicArn"),
            ("rule", "events list-rules", "Rules[].Name"),
            ("alarm", "cloudwatch describe-alarms", "MetricAlarms[].AlarmName"),
            ("dashboard", "cloudwatch list-dashboards", "DashboardEntries[].DashboardName"),
            ("scaling", "application-autoscaling describe-scalable-targets --service-namespace ecs", "ScalableTargets[].ResourceId"),
            ("deployments", "deploy list-applications", "applications"),
            ("notebook", "sagemaker list-notebook-instances", "NotebookInstances[].NotebookInstanceName"),
        ];
        var found = new List<string>();
        foreach (var (kind, command, query) in looks)
        {
            found.AddRange((await Aws.ListAsync(command, query)).Where(thing => thing.Contains(name, StringComparison.Ordinal)).Select(thing => $"{kind} {thing}"));
        }

        return [.. found];
    }

    /// <summary>Stacks that are neither settled nor gone, and change sets that wait to be executed.</summary>
    private protected async Task<string[]> UnderWayAsync(string name)
    {
        var stacks = await Aws.ListAsync("cloudformation describe-stacks", $"Stacks[?contains(StackName, '{name}')].join(' ', [StackName, StackStatus])");
        var left = new List<string>(stacks.Where(stack => stack.Split(' ')[1] is not ("CREATE_COMPLETE" or "UPDATE_COMPLETE")));
        foreach (var stack in stacks.Select(stack => stack.Split(' ')[0]))
        {
            left.AddRange(await Aws.ListAsync("cloudformation list-change-sets", "Summaries[?ExecutionStatus!='EXECUTE_COMPLETE'].ChangeSetName", "--stack-name", stack));
        }

        return [.. left];
    }
}
