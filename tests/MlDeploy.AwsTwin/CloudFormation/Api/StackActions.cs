using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Changes;
using MlDeploy.AwsTwin.CloudFormation.Operations;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Api;

/// <summary>The calls that create, change and delete stacks.</summary>
internal sealed class StackActions(TwinContext twin, StackStore store, StackRunner runner, ChangePlanner planner, StackRequests requests)
{
    public async Task<JsonObject> CreateAsync(TwinRequest request, CancellationToken cancel)
    {
        var name = StackRequests.StackName(request);
        if (store.Find(request.Region, name) is not null)
        {
            throw new AwsError("AlreadyExistsException", $"Stack [{name}] already exists");
        }

        var definition = await requests.DefinitionAsync(request, null, cancel);
        var onFailure = StackRequests.OnFailure(request.Input.Text("OnFailure"), request.Input.Flag("DisableRollback") == true);
        var stack = store.Add(New(request, name));
        stack.DisableRollback = onFailure == OnFailure.DoNothing;
        stack.TerminationProtection = request.Input.Flag("EnableTerminationProtection") == true;
        stack.TimeoutMinutes = request.Input.Whole("TimeoutInMinutes");
        runner.Create(stack, definition, onFailure, request.Input.Text("ClientRequestToken"));
        return Id(stack);
    }

    public Stack New(TwinRequest request, string name) => new(
        name, $"arn:{TwinAccount.Partition}:cloudformation:{request.Region}:{TwinAccount.Id}:stack/{name}/{Guid.NewGuid()}", request.Region, twin.Clock.GetUtcNow(), twin.Clock);

    public async Task<JsonObject> UpdateAsync(TwinRequest request, CancellationToken cancel)
    {
        var stack = Get(request);
        StackRunner.RequireUpdatable(stack);
        var definition = await requests.DefinitionAsync(request, stack.Definition, cancel);
        if (planner.Plan(stack, definition).IsEmpty && stack.Status != "UPDATE_FAILED" && stack.Status != "CREATE_FAILED" && SameOutputs(stack, definition))
        {
            throw new AwsError("ValidationError", "No updates are to be performed.");
        }

        runner.Update(stack, definition, request.Input.Flag("DisableRollback") == true, request.Input.Text("ClientRequestToken"));
        return Id(stack);
    }

    public static bool SameOutputs(Stack stack, StackDefinition next) =>
        JsonNode.DeepEquals(stack.Definition?.Template.Outputs, next.Template.Outputs) && stack.Definition!.Tags.SequenceEqual(next.Tags);

    /// <summary>Of a stack that is not there: success, as AWS has it.</summary>
    public JsonObject Delete(TwinRequest request)
    {
        if (store.Find(request.Region, StackRequests.StackName(request)) is not { IsDeleted: false } stack)
        {
            return [];
        }

        if (stack.TerminationProtection)
        {
            throw new AwsError("ValidationError", $"Stack [{stack.Name}] cannot be deleted while TerminationProtection is enabled");
        }

        var retained = request.Input.Texts("RetainResources").ToHashSet();
        if (retained.Count > 0 && stack.Status != "DELETE_FAILED")
        {
            throw new AwsError("ValidationError", "Invalid operation on stack [" + stack.Id + "]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.");
        }

        if (stack.Status == "DELETE_IN_PROGRESS")
        {
            return [];
        }

        if (stack.IsBusy && stack.Status != "CREATE_IN_PROGRESS")
        {
            throw new AwsError("ValidationError", $"Stack [{stack.Name}] cannot be deleted while in status {stack.Status}");
        }

        if (Importers(stack) is { Count: > 0 } importers)
        {
            throw new AwsError("ValidationError", $"Export {importers[0].Export} cannot be deleted as it is in use by {importers[0].By}");
        }

        runner.Delete(stack, [.. retained], request.Input.Text("ClientRequestToken"));
        return [];
    }

    public JsonObject CancelUpdate(TwinRequest request)
    {
        var stack = Get(request);
        if (stack.Status != "UPDATE_IN_PROGRESS")
        {
            throw new AwsError("ValidationError", $"CancelUpdateStack cannot be called from current stack status");
        }

        stack.Running?.Cancel();
        return [];
    }

    public JsonObject ContinueRollback(TwinRequest request)
    {
        var stack = Get(request);
        if (stack.Status != "UPDATE_ROLLBACK_FAILED")
        {
            throw new AwsError("ValidationError", $"Stack:{stack.Id} is in {stack.Status} state and can not be continued rolling back");
        }

        runner.RollBackUpdate(stack, [.. request.Input.Texts("ResourcesToSkip")], request.Input.Text("ClientRequestToken"));
        return [];
    }

    public JsonObject Rollback(TwinRequest request)
    {
        var stack = Get(request);
        switch (stack.Status)
        {
            case "CREATE_FAILED":
                runner.RollBackCreate(stack, request.Input.Text("ClientRequestToken"));
                break;
            case "UPDATE_FAILED":
                runner.RollBackUpdate(stack, [], request.Input.Text("ClientRequestToken"));
                break;
            default:
                throw new AwsError("ValidationError", $"Stack:{stack.Id} is in {stack.Status} state and can not be rolled back.");
        }

        return Id(stack);
    }

    public JsonObject TerminationProtection(TwinRequest request)
    {
        var stack = Get(request);
        stack.TerminationProtection = request.Input.Flag("EnableTerminationProtection") == true;
        return Id(stack);
    }

    public JsonObject SetPolicy(TwinRequest request)
    {
        Get(request).Policy = request.Input.Text("StackPolicyBody");
        return [];
    }

    private Stack Get(TwinRequest request)
    {
        var name = StackRequests.StackName(request);
        return store.Find(request.Region, name) is { IsDeleted: false } stack ? stack : throw new AwsError("ValidationError", $"Stack [{name}] does not exist");
    }

    private List<(string Export, string By)> Importers(Stack stack) =>
    [
        .. from output in stack.Outputs
           where output.ExportName is not null
           from other in store.All
           where other != stack && !other.IsDeleted && other.Region == stack.Region && other.Definition?.Template.Text.Contains(output.ExportName!, StringComparison.Ordinal) == true
               && other.Definition.Template.Text.Contains("ImportValue", StringComparison.Ordinal)
           select (output.ExportName!, other.Name),
    ];

    private static JsonObject Id(Stack stack) => new() { ["StackId"] = stack.Id };
}
