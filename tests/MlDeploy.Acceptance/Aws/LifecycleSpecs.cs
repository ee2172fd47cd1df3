using System.Diagnostics;
using System.Text.RegularExpressions;
using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Acceptance.Aws;

/// <summary>An application's infrastructure from nothing to nothing, as a user drives it and the official command line sees it.</summary>
public sealed class LifecycleSpecs(TwinAccount account) : AwsTest(account)
{
    [Fact]
    public async Task Created_unchanged_changed_replaced_rolled_back_and_destroyed()
    {
        using var user = new AwsUser(Account);
        Account.Twin.Requests.Clear();
        (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(2).Says("+ Service").Says("0 to remove");
        var url = AwsUser.Url((await user.ProvisionAsync()).ExitsWith(0).Says("registry created, application created"));
        (await user.ProvisionAsync()).ExitsWith(0).Says($"{user.Name}: nothing to do");
        await PlanIsCheapAndOnlyReadsAsync(user);
        await PlanKnowsWhetherTheImageChangesAsync(user);
        await AnotherChangeIsMadeAsync(user);
        await WhatFailsIsRolledBackAsync(user);
        Assert.True((await Account.Http.GetAsync(url)).IsSuccessStatusCode);

        var destroyed = (await user.RunAsync($"destroy -t aws --confirm {user.Name}")).ExitsWith(0);

        Assert.Equal($"stack mldeploy-{user.Name}-registry, repository {user.Name}", string.Join(", ", await FoundAsync(user.Name)));
        Assert.Contains($"repository {user.Name}", Assert.Single(destroyed.Output.Split('\n'), line => line.StartsWith("kept: ", StringComparison.Ordinal)), StringComparison.Ordinal);
        await user.DestroyAsync();
        Assert.Empty(await Aws.ListAsync("ecr describe-repositories", $"repositories[?repositoryName=='{user.Name}'].repositoryName"));
        Assert.Empty(await Aws.ListAsync("cloudformation describe-stacks", $"Stacks[?contains(StackName, '{user.Name}')].StackName"));
        (await user.RunAsync($"destroy -t aws --confirm {user.Name}")).ExitsWith(0).Says("nothing to delete");
        Account.NobodyAskedTooOften("aws, most calls of one action within a second of the twin, create to destroy");
    }

    /// <summary>
    /// With the twin's clock as slow as a real one every wait and every call takes the share of a second that it does at AWS: the
    /// quickest that our polls can come upon a service that counts calls a second.
    /// </summary>
    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task In_real_time_create_update_and_destroy_are_never_throttled_by_their_own_calls()
    {
        var slow = new TwinAccount(speed: 1, resourceSeconds: new Dictionary<string, double>(StringComparer.Ordinal) { ["*"] = 2 });
        await slow.InitializeAsync();
        await using var _ = slow;
        using var user = new AwsUser(slow);
        (await user.ProvisionAsync()).ExitsWith(0);
        await PlanIsQuickAsync(user, slow);
        user.Write(scaling: "{ min: 1, max: 3, on: { cpu: 20% } }", weight: "20%");
        (await user.ProvisionAsync()).ExitsWith(0).Says("application updated");
        await user.DestroyAsync();

        slow.NobodyAskedTooOften("aws, most calls of one action within a second, create to destroy in real time");
    }

    /// <summary>With a role that may only read, too; and nothing is left of it.</summary>
    private async Task PlanIsCheapAndOnlyReadsAsync(AwsUser user)
    {
        using var _ = Account.With(new FaultSettings { AllowOnly = ["*:Describe*", "*:Get*", "*:BatchGet*", "*:List*"] });
        var before = Account.Twin.Requests.Entries.Count;

        (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(0).Says("no changes");

        var calls = Account.Twin.Requests.Entries.Skip(before).Where(call => call.Caller == "client").ToList();
        Measurements.Record("aws, calls of a plan over two unchanged stacks", $"{calls.Count}");
        Assert.InRange(calls.Count, 1, 24);
        Assert.All(calls, call => Assert.Matches("^(Describe|Get|BatchGet|List)", call.Action));
        Assert.Empty(await UnderWayAsync(user.Name));
    }

    /// <summary>Beyond the time that the service takes for its answers; the second of two, when the machine has the program at hand.</summary>
    private static async Task PlanIsQuickAsync(AwsUser user, TwinAccount account)
    {
        (await user.RunAsync("plan -t aws")).ExitsWith(0);
        var before = account.Twin.Requests.Entries.Count;
        var began = Stopwatch.GetTimestamp();
        (await user.RunAsync("plan -t aws")).ExitsWith(0).Says("no changes");
        var took = Stopwatch.GetElapsedTime(began);
        var served = account.Twin.Requests.Entries.Skip(before).Aggregate(TimeSpan.Zero, (sum, call) => sum + call.Took);
        Measurements.Record("aws, a plan over two unchanged stacks, beyond the time of the service's answers", $"{(took - served).TotalSeconds:0.00} s of {took.TotalSeconds:0.00} s");
        Assert.InRange(took - served, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
    }

    /// <summary>By content: the file may be written anew, and still be what runs.</summary>
    private static async Task PlanKnowsWhetherTheImageChangesAsync(AwsUser user)
    {
        var archive = Path.Combine(user.Sources, "image.tar");
        var running = await File.ReadAllBytesAsync(archive);
        ImageArchive.Write(archive, seed: 2);
        (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(0).Says("applies at deploy").Says("archive:image.tar (image sha256:");

        File.Delete(archive);
        (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(0).Says("whether the image changes is not known").Says("there is no such file");

        await File.WriteAllBytesAsync(archive, running);
        var same = (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(0).Says("no changes");
        Assert.DoesNotContain("applies at deploy", same.Output, StringComparison.Ordinal);
    }

    private async Task AnotherChangeIsMadeAsync(AwsUser user)
    {
        user.Write(scaling: "{ min: 1, max: 3, on: { cpu: 20% } }", weight: "20%", more: "notifications: { email: [ops@example.org], on: [scaling] }");
        var plan = (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(2);
        Assert.Matches(new Regex(@"^  ~ ScalableTarget\b", RegexOptions.Multiline), plan.Output);
        Assert.Matches(new Regex(@"^  \+ Subscription\w*\b", RegexOptions.Multiline), plan.Output);
        Assert.Matches(new Regex(@"^-/\+ DeploymentConfig\b", RegexOptions.Multiline), plan.Output);

        (await user.ProvisionAsync()).ExitsWith(0).Says("application updated");

        Assert.Equal("3", (await Aws.AskAsync(
            "application-autoscaling describe-scalable-targets --service-namespace ecs", $"ScalableTargets[?ResourceId=='service/{user.Name}/{user.Name}'].MaxCapacity | [0]"))!.ToString());
        Assert.Equal([$"{user.Name}-canary-20pct-5m"], await Aws.ListAsync("deploy list-deployment-configs", $"deploymentConfigsList[?contains(@, '{user.Name}')]"));
        (await user.RunAsync("plan -t aws --detailed-exitcode")).ExitsWith(0).Says("no changes");
    }

    private async Task WhatFailsIsRolledBackAsync(AwsUser user)
    {
        using (Account.With(new FaultSettings { Fail = [new("application-autoscaling:RegisterScalableTarget", "ValidationException", "the maximum is beyond what the account may have", Times: 1)] }))
        {
            user.Write(scaling: "{ min: 1, max: 9, on: { cpu: 20% } }", weight: "20%", more: "notifications: { email: [ops@example.org], on: [scaling] }");
            (await user.ProvisionAsync()).ExitsWith(7).Says("ScalableTarget").Says("beyond what the account may have").Says("as it was before").ExplainsItself();
        }

        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", (await Aws.AskAsync("cloudformation describe-stacks", "Stacks[0].StackStatus", "--stack-name", $"mldeploy-{user.Name}-application"))!.ToString());
        user.Write(scaling: "{ min: 1, max: 3, on: { cpu: 20% } }", weight: "20%", more: "notifications: { email: [ops@example.org], on: [scaling] }");
        (await user.ProvisionAsync()).ExitsWith(0).Says("nothing to do");
    }
}
