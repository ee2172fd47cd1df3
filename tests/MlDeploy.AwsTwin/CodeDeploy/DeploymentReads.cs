using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>The calls that only read deployments and their targets.</summary>
internal sealed class DeploymentReads(Plane plane, Func<string, CodeDeployRecords> records, DeploymentBook book, bool terse)
{
    private const int PageSize = 100;

    /// <summary>Null for an action that is none of these.</summary>
    public JsonObject? Answer(TwinRequest request) => request.Action switch
    {
        "GetDeployment" => new JsonObject { ["deploymentInfo"] = DeploymentRendering.Info(Find(request), terse) },
        "BatchGetDeployments" => new JsonObject { ["deploymentsInfo"] = BatchGet(request) },
        "ListDeployments" => List(request.Region, request.Input),
        "ListDeploymentTargets" => new JsonObject { ["targetIds"] = Targets(request) },
        "GetDeploymentTarget" => new JsonObject { ["deploymentTarget"] = Target(Started(request), Text(request.Input, "targetId")) },
        "BatchGetDeploymentTargets" => new JsonObject { ["deploymentTargets"] = new JsonArray([.. request.Input.Texts("targetIds").Select(target => Target(Started(request), target))]) },
        _ => null,
    };

    private JsonArray BatchGet(TwinRequest request)
    {
        var ids = request.Input.Texts("deploymentIds").ToList();
        return ids.Count switch
        {
            0 => throw new AwsError("DeploymentIdRequiredException", "Deployment ID is required"),
            > 25 => throw new AwsError("BatchLimitExceededException", "The maximum number of deployment IDs in a batch (25) was exceeded"),
            _ => new JsonArray([.. ids.Select(id => DeploymentRendering.Info(book.Find(request.Region, id), terse))]),
        };
    }

    /// <summary>Newest first.</summary>
    private JsonObject List(string region, JsonObject input)
    {
        var (application, group) = (input.Text("applicationName"), input.Text("deploymentGroupName"));
        if (application is null && group is not null)
        {
            throw new AwsError("ApplicationNameRequiredException", "Application name is missing");
        }

        if (application is not null)
        {
            records(region).Group(application, group ?? throw new AwsError("DeploymentGroupNameRequiredException", "Deployment Group name is missing"));
        }

        var statuses = input.Texts("includeOnlyStatuses").ToHashSet();
        string[] known = ["Created", "Queued", "InProgress", "Baking", "Succeeded", "Failed", "Stopped", "Ready"];
        if (statuses.FirstOrDefault(status => !known.Contains(status)) is { } unknown)
        {
            throw new AwsError("InvalidDeploymentStatusException", $"The deployment status {unknown} is not valid");
        }

        var (from, to) = (input.Object("createTimeRange").Time("start"), input.Object("createTimeRange").Time("end"));
        if (from > to)
        {
            throw new AwsError("InvalidTimeRangeException", "The start of the time range is after its end");
        }

        var found = book.All.Reverse().Where(deployment => deployment.Region == region
            && (application is null || (deployment.Application == application && deployment.Group == group))
            && (statuses.Count == 0 || statuses.Contains(deployment.Status))
            && !(deployment.Created < from) && !(deployment.Created > to)).Select(deployment => deployment.Id).ToList();
        var start = 0;
        if (input.Text("nextToken") is { } token && (start = found.IndexOf(token)) < 0)
        {
            throw new AwsError("InvalidNextTokenException", "The next token is not valid");
        }

        return new JsonObject
        {
            ["deployments"] = new JsonArray([.. found.Skip(start).Take(PageSize).Select(id => JsonValue.Create(id))]),
            ["nextToken"] = found.Count > start + PageSize ? found[start + PageSize] : null,
        };
    }

    private JsonArray Targets(TwinRequest request)
    {
        var deployment = Started(request);
        var filters = request.Input.Object("targetFilters");
        var status = DeploymentRendering.Target(deployment, plane.Ecs, plane.Balancers.Configuration)["ecsTarget"]!["status"]!.GetValue<string>();
        return filters.Texts("TargetStatus").ToList() is { Count: > 0 } wanted && !wanted.Contains(status) ? [] : new JsonArray(DeploymentRendering.TargetId(deployment));
    }

    private JsonObject Target(Deployment deployment, string id) => id == DeploymentRendering.TargetId(deployment)
        ? DeploymentRendering.Target(deployment, plane.Ecs, plane.Balancers.Configuration)
        : throw new AwsError("DeploymentTargetDoesNotExistException", $"The deployment target {id} does not belong to the deployment {deployment.Id}");

    private Deployment Started(TwinRequest request) => Find(request) is var deployment && deployment.Status is "Created" or "Queued"
        ? throw new AwsError("DeploymentNotStartedException", $"The deployment {deployment.Id} has not started")
        : deployment;

    private Deployment Find(TwinRequest request) => book.Find(request.Region, request.Input.Text("deploymentId"));

    private static string Text(JsonObject input, string name) => input.Text(name) ?? throw new AwsError("DeploymentTargetIdRequiredException", "Deployment target ID is required");
}
