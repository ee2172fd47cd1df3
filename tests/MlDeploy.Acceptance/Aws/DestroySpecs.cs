using MlDeploy.Acceptance.Aws.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>`destroy` when deployments have changed what the stacks made: both target groups are in use, and versions, alarms and schedules lie about.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class DestroySpecs(UnhurriedAccount account) : AwsTest(account)
{
    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Destroyed_in_the_middle_of_a_deployment_nothing_is_left_and_the_deployment_knows_that_it_was_stopped()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = Load.On(Account, new Uri(service.Url, "/health"));
        service.Write("v2");
        (await service.User.RunAsync("plan -t aws")).ExitsWith(0).Says("applies at deploy").Says("Environment[TESTAPP_VERSION].Value  \"v1\" → \"v2\"");
        using var deploying = service.BeginDeploy();
        await service.WeightsBecomeAsync("60/40", deploying);
        await traffic.DisposeAsync();

        (await service.User.RunAsync($"destroy -t aws --confirm {service.Name} --delete-images")).ExitsWith(0).Says("is under way: stopping it");

        Assert.Empty(await FoundAsync(service.Name));
        Assert.Empty(await Aws.ListAsync("ecs list-task-definitions", $"taskDefinitionArns[?contains(@, '{service.Name}')]"));
        Assert.NotEqual(0, (await deploying.ResultAsync()).ExitCode);
    }
}
