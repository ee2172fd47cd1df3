using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Stacks.Provisioning;
using MlDeploy.AwsTwin.Faults;
using MlDeploy.Core.Errors;

namespace MlDeploy.Specs.Aws.Stacks;

/// <summary>One stack, from every state it can be in; small templates, so that the states are what takes the time.</summary>
[Collection(OnTheTwin.Name)]
public sealed class ProvisioningSpecs(TwinFixture fixture) : IAsyncLifetime
{
    private static readonly StackHolder Ada = new("ada (GitHub Actions)", "https://ci.example/runs/7");
    private static readonly PollPace Quick = new(TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(120));

    private readonly string name = $"mldeploy-s{Random.Shared.Next():x}-application";
    private readonly Told told = new();
    private AwsSession session = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => session = await fixture.SessionAsync();

    public ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(told.ToString());
        fixture.Twin.Faults.Set(new FaultSettings());
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stack_is_created_and_then_there_is_nothing_to_do()
    {
        var created = await ProvisionAsync(Topic("one"));
        var again = await ProvisionAsync(Topic("one"));

        Assert.Equal((StackResult.Created, "CREATE_COMPLETE"), (created.Result, created.Stack.StackStatus));
        Assert.Contains(told.Lines, line => line.StartsWith("created Topic in ", StringComparison.Ordinal));
        Assert.Equal(StackResult.Unchanged, again.Result);
        Assert.Contains($"stack {name}: nothing to do", told.Lines);
        Assert.Empty(await PendingChangeSetsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_change_in_place_a_replacement_an_addition_and_a_removal_are_done_as_planned()
    {
        await ProvisionAsync(Topic("two", display: "before", extra: "Old"));
        var done = await ProvisionAsync(Topic("three", display: "after", extra: "New"));

        Assert.Equal((StackResult.Updated, "UPDATE_COMPLETE"), (done.Result, done.Stack.StackStatus));
        Assert.Equal([("New", ResourceAction.Add), ("Topic", ResourceAction.Replace), ("Old", ResourceAction.Remove)], done.Plan.Resources.Select(change => (change.LogicalId, change.Action)));
        var resources = (await session.CloudFormation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = name }, Stop)).StackResources;
        Assert.Equal(["New", "Topic"], resources.Where(resource => resource.ResourceStatus != "DELETE_COMPLETE").Select(resource => resource.LogicalResourceId).Order(StringComparer.Ordinal));
        Assert.EndsWith($"{name}-three", resources.Single(resource => resource.LogicalResourceId == "Topic").PhysicalResourceId, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_creation_that_fails_tells_the_first_cause_and_leaves_nothing()
    {
        using var _ = fixture.With(new FaultSettings { Fail = [new("sns:CreateTopic", "InvalidParameter", "Invalid parameter: Topic Name")] });

        var failure = await Assert.ThrowsAsync<ExpectedException>(() => ProvisionAsync(Topic("bad", extra: "Other")));

        Assert.Equal(ExitCode.TargetFailed, failure.ExitCode);
        Assert.Contains("failed at Topic (AWS::SNS::Topic): ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Topic Name", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cancelled", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("nothing of it is left", failure.Message, StringComparison.Ordinal);
        Assert.Null(await session.CloudFormation.FindStackAsync(name, Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task With_keep_a_creation_that_fails_is_kept_and_the_next_run_begins_anew()
    {
        using (fixture.With(new FaultSettings { Fail = [new("sns:CreateTopic", "InvalidParameter", "no")] }))
        {
            await Assert.ThrowsAsync<ExpectedException>(() => ProvisionAsync(Topic("bad"), keep: true));
        }

        Assert.Equal("CREATE_FAILED", (await session.CloudFormation.FindStackAsync(name, Stop))!.StackStatus);
        Assert.Equal(StackResult.Created, (await ProvisionAsync(Topic("bad"))).Result);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_update_that_fails_goes_back_and_says_so()
    {
        await ProvisionAsync(Topic("kept"));
        using var _ = fixture.With(new FaultSettings { Fail = [new("logs:CreateLogGroup", "InvalidParameterException", "no such retention")] });

        var failure = await Assert.ThrowsAsync<ExpectedException>(() => ProvisionAsync(Topic("kept", extra: "Added")));

        Assert.Contains("failed at Added (AWS::Logs::LogGroup)", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("the stack is as it was before", failure.Message, StringComparison.Ordinal);
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", (await session.CloudFormation.FindStackAsync(name, Stop))!.StackStatus);
        Assert.Equal(StackResult.Unchanged, (await ProvisionAsync(Topic("kept"))).Result);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_denied_action_names_the_action_and_the_statement_to_add()
    {
        using var _ = fixture.With(new FaultSettings { Deny = ["sns:CreateTopic"] });

        var failure = await Assert.ThrowsAsync<ExpectedException>(() => ProvisionAsync(Topic("denied")));

        Assert.Contains("sns:CreateTopic", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\"Action\":\"sns:CreateTopic\"", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_change_set_that_was_left_unexecuted_is_taken_away_by_the_same_holder_at_once()
    {
        await session.CloudFormation.CreateChangeSetAsync(
            new CreateChangeSetRequest { StackName = name, ChangeSetName = "mldeploy-left", ChangeSetType = "CREATE", TemplateBody = Topic("left").ToJsonString(), Description = Ada.Description }, Stop);

        var done = await ProvisionAsync(Topic("left"));

        Assert.Equal(StackResult.Created, done.Result);
        Assert.Contains(told.Lines, line => line.StartsWith("deleting change set mldeploy-left, which ada (GitHub Actions) (https://ci.example/runs/7) left", StringComparison.Ordinal));
        Assert.Empty(await PendingChangeSetsAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_another_run_does_is_waited_for_and_then_gone_on_with()
    {
        var first = ProvisionAsync(Topic("both"), holder: new StackHolder("grace", null));
        await UntilAsync(async () => (await session.CloudFormation.FindStackAsync(name, Stop))?.StackStatus == "CREATE_IN_PROGRESS");

        var second = await ProvisionAsync(Topic("both"));
        await first;

        Assert.Equal(StackResult.Unchanged, second.Result);
        Assert.Contains(told.Lines, line => line.Contains("is being created since", StringComparison.Ordinal) && line.Contains("by grace: waiting for it", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_runs_at_once_both_end_well()
    {
        var results = await Task.WhenAll(
            ProvisionAsync(Topic("raced", display: "a")),
            ProvisionAsync(Topic("raced", display: "b"), holder: new StackHolder("grace", null)));

        Assert.Contains(results, result => result.Result == StackResult.Created);
        Assert.Empty(await PendingChangeSetsAsync());
        Assert.Contains((await session.CloudFormation.FindStackAsync(name, Stop))!.StackStatus, (string[])["CREATE_COMPLETE", "UPDATE_COMPLETE"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_third_of_the_calls_throttled_and_some_failing_changes_nothing()
    {
        using var _ = fixture.With(new FaultSettings { Throttle = 0.30, ServerError = 0.05, Seed = 11 });

        Assert.Equal(StackResult.Created, (await ProvisionAsync(Topic("rough", extra: "More"))).Result);
        Assert.Equal(StackResult.Updated, (await ProvisionAsync(Topic("rougher", extra: "Other"))).Result);
        Assert.True(await Provisioner().RemoveAsync(name, Stop));
        Assert.True(session.Retries > 0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_that_is_known_is_told_before_anything_is_sent()
    {
        await ProvisionAsync(Topic("fixed"));
        var changed = Topic("fixed");
        changed["Resources"]!["Topic"]!["Properties"]!["FifoTopic"] = true;
        fixture.Twin.Requests.Clear();

        var failure = await Assert.ThrowsAsync<ExpectedException>(() => ProvisionAsync(changed));

        Assert.Equal(ExitCode.Usage, failure.ExitCode);
        Assert.DoesNotContain(fixture.Twin.Requests.Entries, call => call.Action == "CreateChangeSet");
    }

    [Fact(Timeout = 60_000)]
    public async Task Finding_nothing_to_do_takes_three_calls_and_no_change_set()
    {
        await ProvisionAsync(Topic("cheap"));
        fixture.Twin.Requests.Clear();

        await ProvisionAsync(Topic("cheap"));

        Assert.Equal(["DescribeStacks", "ListChangeSets", "GetTemplate"], fixture.Twin.Requests.Entries.Where(call => call.Caller == "client").Select(call => call.Action));
    }

    [Fact(Timeout = 60_000)]
    public async Task Deleting_waits_until_it_is_gone_and_deleting_nothing_is_nothing()
    {
        await ProvisionAsync(Topic("gone"));

        Assert.True(await Provisioner().RemoveAsync(name, Stop));
        Assert.Null(await session.CloudFormation.FindStackAsync(name, Stop));
        Assert.False(await Provisioner().RemoveAsync(name, Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_deleted_at_first_is_tried_once_more()
    {
        await ProvisionAsync(Topic("used"));
        using (fixture.With(new FaultSettings { Fail = [new("sns:DeleteTopic", "InvalidParameter", "still in use", Times: 1)] }))
        {
            Assert.True(await Provisioner().RemoveAsync(name, Stop));
        }

        Assert.Null(await session.CloudFormation.FindStackAsync(name, Stop));
        Assert.Contains($"stack {name} is in DELETE_FAILED: something in it could not be deleted", told.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_deleted_at_all_is_named_and_a_later_run_goes_on()
    {
        await ProvisionAsync(Topic("stuck"));
        using (fixture.With(new FaultSettings { Fail = [new("sns:DeleteTopic", "InvalidParameter", "still in use")] }))
        {
            var failure = await Assert.ThrowsAsync<ExpectedException>(() => Provisioner().RemoveAsync(name, Stop));
            Assert.Contains("failed at Topic (AWS::SNS::Topic)", failure.Message, StringComparison.Ordinal);
            Assert.Contains("FORCE_DELETE_STACK", failure.Remedy, StringComparison.Ordinal);
        }

        Assert.True(await Provisioner().RemoveAsync(name, Stop));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stack_reduced_to_what_it_retains_keeps_that_and_can_be_filled_again()
    {
        var whole = Topic("whole", extra: "Rest");
        whole["Resources"]!["Topic"]!["DeletionPolicy"] = "Retain";
        await ProvisionAsync(whole);

        Assert.True(await Provisioner().ReduceAsync(name, Stop));
        var left = (await session.CloudFormation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = name }, Stop)).StackResources;
        Assert.Equal(["Topic"], left.Where(resource => resource.ResourceStatus != "DELETE_COMPLETE").Select(resource => resource.LogicalResourceId));
        Assert.False(await Provisioner().ReduceAsync(name, Stop));
        var again = await ProvisionAsync(whole);
        Assert.Equal([("Rest", ResourceAction.Add)], again.Plan.Resources.Select(change => (change.LogicalId, change.Action)));
    }

    private StackProvisioner Provisioner(bool keep = false, StackHolder? holder = null) => new(
        session.CloudFormation, told, new ProvisioningOptions { Holder = holder ?? Ada, Keep = keep, Pace = Quick, Schemas = SchemaTable.CreateOnly }, TimeProvider.System, Random.Shared);

    private Task<ProvisionedStack> ProvisionAsync(JsonObject template, bool keep = false, StackHolder? holder = null) => Provisioner(keep, holder).ProvisionAsync(
        name, _ => Task.FromResult(new WantedStack("application", name, template, ImmutableSortedDictionary<string, string>.Empty)), Stop);

    private JsonObject Topic(string topic, string display = "shown", string? extra = null)
    {
        var resources = new JsonObject { ["Topic"] = Resource("AWS::SNS::Topic", new() { ["TopicName"] = $"{name}-{topic}", ["DisplayName"] = display }) };
        if (extra is not null)
        {
            resources[extra] = Resource("AWS::Logs::LogGroup", new() { ["LogGroupName"] = $"/{name}/{extra}", ["RetentionInDays"] = 7 });
        }

        return new JsonObject { ["Resources"] = resources, ["Outputs"] = new JsonObject { ["Topic"] = new JsonObject { ["Value"] = new JsonObject { ["Ref"] = "Topic" } } } };
    }

    private static JsonObject Resource(string type, JsonObject properties) => new() { ["Type"] = type, ["Properties"] = properties };

    private async Task<IEnumerable<string?>> PendingChangeSetsAsync() =>
        (await session.CloudFormation.ListChangeSetsAsync(new ListChangeSetsRequest { StackName = name }, Stop)).Summaries.Where(set => set.ExecutionStatus is "AVAILABLE" or "UNAVAILABLE").Select(set => set.ChangeSetName);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(20, Stop);
        }
    }
}
