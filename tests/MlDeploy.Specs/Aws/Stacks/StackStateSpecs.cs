using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Clients.ElasticLoadBalancing;
using MlDeploy.Aws.Stacks;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Specs.Aws.Stacks;

/// <summary>What CloudFormation and the load balancer tell, understood.</summary>
public sealed class StackStateSpecs
{
    /// <summary>Every status of the API model ("StackStatus").</summary>
    [Theory]
    [InlineData("CREATE_IN_PROGRESS", StackState.Busy)]
    [InlineData("CREATE_FAILED", StackState.Ruined)]
    [InlineData("CREATE_COMPLETE", StackState.Settled)]
    [InlineData("ROLLBACK_IN_PROGRESS", StackState.Busy)]
    [InlineData("ROLLBACK_FAILED", StackState.Ruined)]
    [InlineData("ROLLBACK_COMPLETE", StackState.Ruined)]
    [InlineData("DELETE_IN_PROGRESS", StackState.Busy)]
    [InlineData("DELETE_FAILED", StackState.HalfDeleted)]
    [InlineData("DELETE_COMPLETE", StackState.Absent)]
    [InlineData("UPDATE_IN_PROGRESS", StackState.Busy)]
    [InlineData("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", StackState.Busy)]
    [InlineData("UPDATE_COMPLETE", StackState.Settled)]
    [InlineData("UPDATE_FAILED", StackState.Settled)]
    [InlineData("UPDATE_ROLLBACK_IN_PROGRESS", StackState.Busy)]
    [InlineData("UPDATE_ROLLBACK_FAILED", StackState.Stuck)]
    [InlineData("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", StackState.Busy)]
    [InlineData("UPDATE_ROLLBACK_COMPLETE", StackState.Settled)]
    [InlineData("REVIEW_IN_PROGRESS", StackState.Review)]
    [InlineData("IMPORT_IN_PROGRESS", StackState.Busy)]
    [InlineData("IMPORT_COMPLETE", StackState.Settled)]
    [InlineData("IMPORT_ROLLBACK_IN_PROGRESS", StackState.Busy)]
    [InlineData("IMPORT_ROLLBACK_FAILED", StackState.Settled)]
    [InlineData("IMPORT_ROLLBACK_COMPLETE", StackState.Settled)]
    [InlineData(null, StackState.Absent)]
    public void Each_status_says_what_can_be_done(string? status, StackState state) => Assert.Equal(state, StackStates.Of(status));

    [Theory]
    [InlineData("ada@laptop", null)]
    [InlineData("ada (GitHub Actions)", "https://github.com/team/fraud/actions/runs/7")]
    [InlineData("ada, run by hand", null)]
    public void Who_changes_a_stack_is_read_back_from_the_change_set(string name, string? run)
    {
        var holder = new StackHolder(name, run);

        Assert.Equal(run is null && name.Contains(", run ", StringComparison.Ordinal) ? new StackHolder("ada", "by hand") : holder, StackHolder.Read(holder.Description));
        Assert.Null(StackHolder.Read("made by hand"));
        Assert.Null(StackHolder.Read(null));
        Assert.True(new StackHolder(new string('x', 2000), run).Description.Length <= 1024);
    }

    [Fact]
    public void The_first_cause_is_told_and_not_what_was_cancelled_because_of_it()
    {
        var cause = FailureCause.First(
        [
            Event("Vpc", "CREATE_IN_PROGRESS", null),
            Event("Role", "CREATE_FAILED", "Resource creation cancelled"),
            Event("Subnet", "CREATE_FAILED", "The CIDR conflicts with another subnet (Service: Ec2, Status Code: 400, Request ID: 1)"),
            Event("Topic", "CREATE_FAILED", "a later one"),
        ]);

        var failure = FailureCause.Explain("mldeploy-fraud-application", "creating", cause, null, "nothing of it is left");

        Assert.Equal("creating stack mldeploy-fraud-application failed at Subnet (AWS::EC2::Subnet): The CIDR conflicts with another subnet; nothing of it is left", failure.Message);
    }

    [Theory]
    [InlineData("API: ec2:CreateVpc You are not authorized to perform this operation.", "ec2:CreateVpc")]
    [InlineData("User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role/x because no identity-based policy allows the iam:CreateRole action", "iam:CreateRole")]
    public void A_denied_action_within_a_stack_names_the_statement_to_add(string reason, string action)
    {
        var failure = FailureCause.Explain("s", "creating", Event("Vpc", "CREATE_FAILED", reason), null, "nothing of it is left");
        var left = FailureCause.Explain("s", "deleting", Event("Vpc", "DELETE_FAILED", reason), null, "it is still there", remedy: "delete it by hand");

        Assert.Contains($"\"Action\":\"{action}\"", failure.Remedy, StringComparison.Ordinal);
        Assert.Contains($"\"Action\":\"{action}\"", left.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, LiveTargetGroup.Blue, 0.0, false)]
    [InlineData(0, 1, LiveTargetGroup.Green, 1.0, false)]
    [InlineData(90, 10, LiveTargetGroup.Blue, 0.1, true)]
    [InlineData(0, 0, null, 0.0, false)]
    public void The_listener_says_which_group_is_live_and_whether_traffic_is_moving(int blue, int green, LiveTargetGroup? live, double share, bool moving)
    {
        var listener = new Listener
        {
            ListenerArn = "listener",
            DefaultActions = [new ListenerAction { Type = "forward", ForwardConfig = new ForwardActionConfig { TargetGroups = [new TargetGroupTuple { TargetGroupArn = "b", Weight = blue }, new TargetGroupTuple { TargetGroupArn = "g", Weight = green }] } }],
        };

        var traffic = LiveTraffic.Of(listener, "b", "g");

        Assert.Equal((live, share, moving), (traffic.Live, traffic.GreenShare, traffic.IsMoving));
    }

    [Fact]
    public void A_listener_that_names_one_group_without_weights_sends_all_to_it() =>
        Assert.Equal(LiveTargetGroup.Green, LiveTraffic.Of(new Listener { ListenerArn = "listener", DefaultActions = [new ListenerAction { Type = "forward", TargetGroupArn = "g" }] }, "b", "g").Live);

    private static StackEvent Event(string logicalId, string status, string? reason) => new()
    {
        StackId = "stack", EventId = $"{logicalId}-{status}", StackName = "s", LogicalResourceId = logicalId, PhysicalResourceId = "", ResourceType = $"AWS::EC2::{logicalId}",
        Timestamp = DateTimeOffset.UnixEpoch, ResourceStatus = status, ResourceStatusReason = reason,
    };
}
