using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Acceptance.Aws;

/// <summary>On a twin that is not hurried: the instant of the cancellation counts, in its time.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class StartFailureSpecs(UnhurriedAccount account) : AwsTest(account)
{
    /// <summary>As the user's manifest has it.</summary>
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_image_that_does_not_start_is_given_up_after_three_times_startWithin_with_its_last_words_and_nothing_is_left()
    {
        using var user = new AwsUser(Account, TwinAccount.Broken);
        Account.Twin.Requests.Clear();

        var failed = (await user.ProvisionAsync()).ExitsWith(7).ExplainsItself();

        failed.Says("Essential container in task exited").Says("model.bin is not here").Says("stopped within 3 min (3 × application.health.startWithin)");
        Assert.DoesNotContain("container instance", failed.Errors, StringComparison.Ordinal);
        var calls = Account.Twin.Requests.Entries;
        var begun = calls.Single(call => call is { Caller: "cloudformation", Action: "CreateService" }).At;
        var cancelled = calls.Single(call => call is { Caller: "client", Action: "DeleteStack" }).At;
        Measurements.Record("aws, from the service's beginning to the cancellation of its stack, startWithin 60 s", $"{(cancelled - begun).TotalSeconds:0} s");
        Assert.InRange(cancelled - begun, 3 * StartWithin, 4 * StartWithin);
        Assert.Equal([$"mldeploy-{user.Name}-registry"], await Aws.ListAsync("cloudformation describe-stacks", $"Stacks[?contains(StackName, '{user.Name}')].StackName"));
        Assert.Empty(await UnderWayAsync(user.Name));
        await user.DestroyAsync();
    }

    [Fact]
    public async Task A_creation_that_fails_elsewhere_names_the_first_cause_and_leaves_nothing()
    {
        using var user = new AwsUser(Account);
        using (Account.With(new FaultSettings { Fail = [new("ec2:CreateSubnet", "InvalidSubnet.Conflict", "The CIDR '10.0.0.0/20' conflicts with another subnet")] }))
        {
            (await user.ProvisionAsync()).ExitsWith(7).Says("SubnetA (AWS::EC2::Subnet)").Says("conflicts with another subnet").Says("nothing of it is left").ExplainsItself();
        }

        Assert.Equal([$"mldeploy-{user.Name}-registry"], await Aws.ListAsync("cloudformation describe-stacks", $"Stacks[?contains(StackName, '{user.Name}')].StackName"));
        Assert.Empty(await Aws.ListAsync("ec2 describe-vpcs", $"Vpcs[].Tags[?contains(Value, '{user.Name}')].Value[]"));
        await user.DestroyAsync();
    }
}
