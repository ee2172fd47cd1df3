using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Acceptance.Aws;

public sealed class StartFailureSpecs(TwinAccount account) : AwsTest(account)
{
    [Fact]
    public async Task An_image_that_does_not_start_is_given_up_after_three_times_startWithin_with_its_last_words_and_nothing_is_left()
    {
        using var user = new AwsUser(Account, TwinAccount.Broken);

        var failed = (await user.ProvisionAsync()).ExitsWith(7).ExplainsItself();

        failed.Says("Essential container in task exited").Says("model.bin is not here");
        Assert.DoesNotContain("container instance", failed.Errors, StringComparison.Ordinal);
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
