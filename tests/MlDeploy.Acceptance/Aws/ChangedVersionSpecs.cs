using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>What a manifest changes reaches the next version, and what a stack's update changes is not the traffic.</summary>
[Collection(OnTheUnhurriedTwin.Name)]
public sealed class ChangedVersionSpecs(UnhurriedAccount account) : AwsTest(account)
{
    private const int Rate = 60;

    private static readonly string AtOnce = Rollout.BlueGreen.Replace("bake: 5m", "bake: 2m", StringComparison.Ordinal);

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Changed_environment_resources_and_secrets_are_the_new_versions()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await Aws.AskAsync("ssm put-parameter --type SecureString --value v2-by-secret", "Version", "--name", $"/{service.Name}/version");
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.WriteSecret("TESTAPP_VERSION", $"ssm:/{service.Name}/version", "LOG_LEVEL: changed", "{ cpu: 512, memory: 1024 }", AtOnce);

        (await service.User.RunAsync("plan -t aws")).ExitsWith(0).Says("applies at deploy");
        (await service.DeployAsync()).ExitsWith(0).Says("promoted");

        Assert.Equal("v2-by-secret", await service.ServesAsync());
        var running = await service.PrimaryAsync();
        Assert.Equal(("512", "1024"), (running["cpu"]!.ToString(), running["memory"]!.ToString()));
        var container = running["containerDefinitions"]![0]!;
        Assert.Contains(container["environment"]!.AsArray(), variable => $"{variable!["name"]}={variable["value"]}" == "LOG_LEVEL=changed");
        Assert.EndsWith($"parameter/{service.Name}/version", container["secrets"]!.AsArray().Single()!["valueFrom"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("v2-by-secret", running.ToJsonString(), StringComparison.Ordinal);
        (await traffic.EndAsync()).LostNothing();
    }

    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task An_update_of_the_stack_between_two_deployments_leaves_the_live_weights_alone()
    {
        using var service = await ScoringService.ProvisionedAsync(Account);
        await using var traffic = TrafficLoad.Start(service.Url, Rate);
        service.Write("v2", rollout: AtOnce);
        (await service.DeployAsync()).ExitsWith(0);
        Assert.Equal("0/100", await service.WeightsAsync());

        // The listener itself is updated: stickiness stands in its action, beside the weights.
        service.Write("v2", rollout: AtOnce.Replace("bake", "stickiness: { cookie: AWSALBTG }, bake", StringComparison.Ordinal), scaling: "{ min: 1, max: 3, on: { cpu: 80% } }");
        (await service.User.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(2).Says("ProductionListener").Says("ScalableTarget");
        (await service.User.ProvisionAsync()).ExitsWith(0).Says("application updated");

        Assert.Equal("0/100", await service.ShareAsync());
        Assert.Equal("v2", await service.ServesAsync());
        (await service.User.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(0).Says("no changes");
        service.Write("v3", rollout: AtOnce.Replace("bake", "stickiness: { cookie: AWSALBTG }, bake", StringComparison.Ordinal), scaling: "{ min: 1, max: 3, on: { cpu: 80% } }");
        (await service.DeployAsync()).ExitsWith(0);
        Assert.Equal("100/0", await service.WeightsAsync());
        Assert.Equal("v3", await service.ServesAsync());
        var account = await traffic.EndAsync();
        account.LostNothing();
        Measurements.Record("aws, customers of two deployments with an update of the stack between them", $"{account}");
    }
}
