using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Changes;
using MlDeploy.AwsTwin.CloudFormation.Operations;
using MlDeploy.AwsTwin.CloudFormation.Resources;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Api;

/// <summary>Change sets: made in the background within a few twin seconds, read, executed, deleted.</summary>
internal sealed class ChangeSetActions(TwinContext twin, StackStore store, StackRunner runner, ChangePlanner planner, StackRequests requests, StackActions stacks)
{
    private const string NoChanges = "The submitted information didn't contain changes. Submit different information to create a change set.";

    private static readonly TimeSpan Working = TimeSpan.FromSeconds(4);

    public async Task<JsonObject> CreateAsync(TwinRequest request, CancellationToken cancel)
    {
        var name = StackRequests.StackName(request);
        var changeSetName = request.Input.Required("ChangeSetName");
        var type = request.Input.Text("ChangeSetType") ?? "UPDATE";
        var stack = store.Find(request.Region, name) is { IsDeleted: false } found ? found : null;
        switch (type)
        {
            case "CREATE" when stack is not null && stack.Status != "REVIEW_IN_PROGRESS":
                throw new AwsError("ValidationError", $"Stack [{name}] already exists and cannot be created again with the changeSet [{changeSetName}].");
            case "UPDATE" when stack is null:
                throw new AwsError("ValidationError", $"Stack [{name}] does not exist");
            case "UPDATE":
                StackRunner.RequireUpdatable(stack!);
                break;
            case not "CREATE":
                throw new AwsError("ValidationError", $"The twin makes change sets of type CREATE and UPDATE, not {type}");
        }

        if (stack?.ChangeSets.Values.Any(one => one.Name == changeSetName) == true)
        {
            throw new AwsError("AlreadyExistsException", $"ChangeSet {changeSetName} already exists");
        }

        var definition = await requests.DefinitionAsync(request, stack?.Definition, cancel);
        if (stack is null)
        {
            stack = store.Add(stacks.New(request, name));
            stack.Enter("REVIEW_IN_PROGRESS", "User Initiated", request.Input.Text("ClientToken"));
        }

        var set = new ChangeSet
        {
            Id = $"arn:{TwinAccount.Partition}:cloudformation:{request.Region}:{TwinAccount.Id}:changeSet/{changeSetName}/{Guid.NewGuid()}",
            Name = changeSetName,
            Type = type,
            Definition = definition,
            Description = request.Input.Text("Description"),
            OnStackFailure = request.Input.Text("OnStackFailure"),
            Created = twin.Clock.GetUtcNow(),
        };
        lock (stack.Gate)
        {
            stack.ChangeSets[set.Id] = set;
        }

        _ = Task.Run(() => WorkOutAsync(stack, set), CancellationToken.None);
        return new JsonObject { ["Id"] = set.Id, ["StackId"] = stack.Id };
    }

    public JsonObject Describe(TwinRequest request)
    {
        var (stack, set) = Get(request);
        var withValues = request.Input.Flag("IncludePropertyValues") == true;
        var start = int.TryParse(request.Input.Text("NextToken"), out var token) ? token : 0;
        var page = set.Changes.Skip(start).Take(100).ToList();
        return new JsonObject
        {
            ["ChangeSetName"] = set.Name,
            ["ChangeSetId"] = set.Id,
            ["StackId"] = stack.Id,
            ["StackName"] = stack.Name,
            ["Description"] = set.Description,
            ["Parameters"] = ReadActions.Parameters(set.Definition),
            ["CreationTime"] = JsonValue.Create(set.Created),
            ["ExecutionStatus"] = set.ExecutionStatus,
            ["Status"] = set.Status,
            ["StatusReason"] = set.Reason,
            ["NotificationARNs"] = new JsonArray([.. set.Definition.NotificationArns.Select(arn => (JsonNode?)arn)]),
            ["Capabilities"] = new JsonArray([.. set.Definition.Capabilities.Select(one => (JsonNode?)one)]),
            ["Tags"] = ReadActions.Tags(set.Definition.Tags),
            ["Changes"] = new JsonArray([.. page.Select(change => (JsonNode?)Change(change, withValues))]),
            ["NextToken"] = start + page.Count < set.Changes.Length ? (start + page.Count).ToString() : null,
            ["IncludeNestedStacks"] = false,
            ["OnStackFailure"] = set.OnStackFailure,
        };
    }

    public JsonObject Execute(TwinRequest request)
    {
        var (stack, set) = Get(request);
        var token = request.Input.Text("ClientRequestToken");
        var disableRollback = request.Input.Flag("DisableRollback") == true;
        lock (stack.Gate)
        {
            set = stack.ChangeSets.GetValueOrDefault(set.Id) ?? throw new AwsError("ChangeSetNotFound", $"ChangeSet [{set.Id}] does not exist", 404);
            if (set.ExecutionStatus != "AVAILABLE")
            {
                throw new AwsError("InvalidChangeSetStatus", $"ChangeSet [{set.Id}] cannot be executed in its current status of [{set.Status}]");
            }

            if (set.Type == "UPDATE")
            {
                StackRunner.RequireUpdatable(stack);
            }

            // Executed, a stack's other change sets speak of something that no longer is.
            stack.ChangeSets.Clear();
            stack.ChangeSetId = set.Id;
            stack.RetainExceptOnCreate = request.Input.Flag("RetainExceptOnCreate") == true;
            stack.ChangeSets[set.Id] = set with { ExecutionStatus = "EXECUTE_COMPLETE" };
        }

        if (set.Type == "CREATE")
        {
            var onFailure = StackRequests.OnFailure(set.OnStackFailure, set.OnStackFailure is null && disableRollback);
            stack.DisableRollback = onFailure == OnFailure.DoNothing;
            runner.Create(stack, set.Definition, onFailure, token);
        }
        else
        {
            runner.Update(stack, set.Definition, disableRollback || set.OnStackFailure == "DO_NOTHING", token);
        }

        return [];
    }

    /// <summary>Leaves a REVIEW_IN_PROGRESS stack where it is, as AWS does.</summary>
    public JsonObject Delete(TwinRequest request)
    {
        var (stack, set) = Get(request);
        lock (stack.Gate)
        {
            stack.ChangeSets.Remove(set.Id);
        }

        return [];
    }

    public JsonObject List(TwinRequest request)
    {
        var stack = store.Get(request.Region, StackRequests.StackName(request));
        return new JsonObject
        {
            ["Summaries"] = new JsonArray([.. stack.ChangeSets.Values.OrderByDescending(set => set.Created).Select(set => (JsonNode?)new JsonObject
            {
                ["StackId"] = stack.Id,
                ["StackName"] = stack.Name,
                ["ChangeSetId"] = set.Id,
                ["ChangeSetName"] = set.Name,
                ["ExecutionStatus"] = set.ExecutionStatus,
                ["Status"] = set.Status,
                ["StatusReason"] = set.Reason,
                ["CreationTime"] = JsonValue.Create(set.Created),
                ["Description"] = set.Description,
            })]),
        };
    }

    /// <summary>By its own id, or by its name and its stack's.</summary>
    public (Stack Stack, ChangeSet Set) Get(TwinRequest request)
    {
        var name = request.Input.Required("ChangeSetName");
        var candidates = request.Input.Text("StackName") is { } stackName ? [store.Find(request.Region, stackName) ?? throw new AwsError("ValidationError", $"Stack [{stackName}] does not exist")]
            : name.StartsWith("arn:", StringComparison.Ordinal) ? store.All
            : throw new AwsError("ValidationError", "StackName must be specified if ChangeSetName is not specified as an ARN.");
        foreach (var stack in candidates)
        {
            lock (stack.Gate)
            {
                if (stack.ChangeSets.Values.FirstOrDefault(set => set.Id == name || set.Name == name) is { } set)
                {
                    return (stack, set);
                }
            }
        }

        throw new AwsError("ChangeSetNotFound", $"ChangeSet [{name}] does not exist", 404);
    }

    private async Task WorkOutAsync(Stack stack, ChangeSet set)
    {
        try
        {
            await Task.Delay(Working / 4, twin.Clock, twin.Ending);
            Replace(stack, set with { Status = "CREATE_IN_PROGRESS" });
            await Task.Delay(Working * 3 / 4, twin.Clock, twin.Ending);
            var changes = planner.Plan(stack, set.Definition);
            var isEmpty = changes.IsEmpty && (set.Type == "CREATE" || StackActions.SameOutputs(stack, set.Definition));
            Replace(stack, isEmpty
                ? set with { Status = "FAILED", Reason = NoChanges }
                : set with { Status = "CREATE_COMPLETE", ExecutionStatus = "AVAILABLE", Changes = changes });
        }
        catch (AwsError error)
        {
            Replace(stack, set with { Status = "FAILED", Reason = error.Message });
        }
        catch (OperationCanceledException)
        {
            // The twin ends.
        }
    }

    private static void Replace(Stack stack, ChangeSet set)
    {
        lock (stack.Gate)
        {
            if (stack.ChangeSets.ContainsKey(set.Id))
            {
                stack.ChangeSets[set.Id] = set;
            }
        }
    }

    private static JsonObject Change(PlannedChange change, bool withValues) => new()
    {
        ["Type"] = "Resource",
        ["ResourceChange"] = new JsonObject
        {
            ["PolicyAction"] = change.PolicyAction,
            ["Action"] = change.Action,
            ["LogicalResourceId"] = change.LogicalId,
            ["PhysicalResourceId"] = change.PhysicalId,
            ["ResourceType"] = change.Type,
            ["Replacement"] = change.Replaces?.ToString(),
            ["Scope"] = new JsonArray([.. change.Details.Select(detail => detail.Scope).Distinct().Select(scope => (JsonNode?)scope)]),
            ["Details"] = new JsonArray([.. (withValues ? change.Details : change.Details.DistinctBy(detail => (detail.Scope, detail.Name, detail.IsDynamic, detail.Cause))).Select(detail => (JsonNode?)Detail(detail, withValues))]),
            ["BeforeContext"] = withValues ? change.Before?.ToJsonString(ApiShape.PlainJson) : null,
            ["AfterContext"] = withValues ? change.After?.ToJsonString(ApiShape.PlainJson) : null,
        },
    };

    private static JsonObject Detail(ChangeDetail detail, bool withValues) => new()
    {
        ["Target"] = new JsonObject
        {
            ["Attribute"] = detail.Scope,
            ["Name"] = detail.Name,
            ["RequiresRecreation"] = detail.Scope is "Properties" ? detail.Recreation.ToString() : "Never",
            ["Path"] = withValues ? detail.Path : null,
            ["BeforeValue"] = withValues ? detail.Before : null,
            ["AfterValue"] = withValues ? detail.After : null,
            ["AttributeChangeType"] = withValues ? detail.Kind : null,
        },
        ["Evaluation"] = detail.IsDynamic ? "Dynamic" : "Static",
        ["ChangeSource"] = detail.Source,
        ["CausingEntity"] = detail.Cause,
    };
}
