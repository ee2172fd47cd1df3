using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Api;
using MlDeploy.AwsTwin.CloudFormation.Changes;
using MlDeploy.AwsTwin.CloudFormation.Operations;
using MlDeploy.AwsTwin.CloudFormation.Resources;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation;

/// <summary>CloudFormation, all of it: what is not here AWS's clients are told so.</summary>
internal sealed class CloudFormationService : ITwinService, IAsyncDisposable
{
    private readonly StackRunner runner;
    private readonly StackActions stacks;
    private readonly ChangeSetActions changeSets;
    private readonly ReadActions reads;

    public CloudFormationService(TwinContext twin)
    {
        var schemas = new SchemaLibrary();
        var planner = new ChangePlanner(schemas, Stacks);
        var requests = new StackRequests(twin, schemas);
        runner = new StackRunner(twin, schemas, new HandlerCatalog(), Stacks);
        stacks = new StackActions(twin, Stacks, runner, planner, requests);
        changeSets = new ChangeSetActions(twin, Stacks, runner, planner, requests, stacks);
        reads = new ReadActions(Stacks, requests, changeSets);
    }

    public StackStore Stacks { get; } = new();

    public string SigningName => "cloudformation";

    public bool Owns(string action) => true;

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel) => TwinReply.Of(request.Action switch
    {
        "CreateStack" => await stacks.CreateAsync(request, cancel),
        "UpdateStack" => await stacks.UpdateAsync(request, cancel),
        "DeleteStack" => stacks.Delete(request),
        "CancelUpdateStack" => stacks.CancelUpdate(request),
        "ContinueUpdateRollback" => stacks.ContinueRollback(request),
        "RollbackStack" => stacks.Rollback(request),
        "UpdateTerminationProtection" => stacks.TerminationProtection(request),
        "SetStackPolicy" => stacks.SetPolicy(request),
        "CreateChangeSet" => await changeSets.CreateAsync(request, cancel),
        "DescribeChangeSet" => changeSets.Describe(request),
        "ExecuteChangeSet" => changeSets.Execute(request),
        "DeleteChangeSet" => changeSets.Delete(request),
        "ListChangeSets" => changeSets.List(request),
        "DescribeStacks" => reads.DescribeStacks(request),
        "ListStacks" => reads.ListStacks(request),
        "DescribeStackEvents" => reads.DescribeEvents(request),
        "DescribeStackResources" => reads.DescribeResources(request),
        "DescribeStackResource" => reads.DescribeResource(request),
        "ListStackResources" => reads.ListResources(request),
        "GetTemplate" => reads.GetTemplate(request),
        "ValidateTemplate" => await reads.ValidateAsync(request, cancel),
        "GetTemplateSummary" => await reads.SummaryAsync(request, cancel),
        "ListExports" => reads.ListExports(request),
        _ => throw new AwsError("InvalidAction", $"The twin's CloudFormation has no {request.Action}"),
    });

    public (string Section, JsonNode Content)? Describe() => ("stacks", new JsonArray([.. Stacks.All.Select(stack => (JsonNode?)new JsonObject
    {
        ["name"] = stack.Name,
        ["region"] = stack.Region,
        ["status"] = stack.Status,
        ["reason"] = stack.Reason,
        ["resources"] = new JsonObject(stack.Resources.Values.Select(resource => KeyValuePair.Create(resource.LogicalId, (JsonNode?)new JsonObject
        {
            ["type"] = resource.Type, ["physicalId"] = resource.PhysicalId, ["status"] = resource.Status, ["reason"] = resource.Reason,
        }))),
        ["outputs"] = new JsonObject(stack.Outputs.Select(output => KeyValuePair.Create(output.Key, (JsonNode?)output.Value))),
    })]));

    public ValueTask DisposeAsync() => runner.DisposeAsync();
}
