using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>The calls about deployments; each runs on by itself once created, whoever asked for it may be gone.</summary>
internal sealed class DeploymentCalls : IAsyncDisposable
{
    private const int PageSize = 100;

    private readonly TwinContext context;
    private readonly Plane plane;
    private readonly Func<string, CodeDeployRecords> records;
    private readonly DeploymentSurroundings around;
    private readonly ConcurrentBag<Task> runs = [];

    public DeploymentCalls(TwinContext context, Plane plane, Func<string, CodeDeployRecords> records)
    {
        (this.context, this.plane, this.records) = (context, plane, records);
        Book = new DeploymentBook(context.Clock);
        around = new DeploymentSurroundings(context, plane, records, Book) { StartRollback = RollBack };
    }

    public DeploymentBook Book { get; }

    /// <summary>Null for an action that is none of these.</summary>
    public JsonObject? Answer(TwinRequest request) => request.Action switch
    {
        "CreateDeployment" => Create(request.Region, request.Input),
        "GetDeployment" => new JsonObject { ["deploymentInfo"] = DeploymentRendering.Info(Find(request)) },
        "BatchGetDeployments" => new JsonObject { ["deploymentsInfo"] = BatchGet(request) },
        "ListDeployments" => List(request.Region, request.Input),
        "StopDeployment" => Stop(Find(request), request.Input),
        "ContinueDeployment" => Continue(Find(request), request.Input.Text("deploymentWaitType") ?? "READY_WAIT"),
        "SkipWaitTimeForInstanceTermination" => Continue(Find(request), "TERMINATION_WAIT"),
        "ListDeploymentTargets" => new JsonObject { ["targetIds"] = Targets(request) },
        "GetDeploymentTarget" => new JsonObject { ["deploymentTarget"] = Target(Started(request), Text(request.Input, "targetId")) },
        "BatchGetDeploymentTargets" => new JsonObject { ["deploymentTargets"] = new JsonArray([.. request.Input.Texts("targetIds").Select(target => Target(Started(request), target))]) },
        _ => null,
    };

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(runs);
        foreach (var deployment in Book.All)
        {
            Book.Control(deployment.Id).Dispose();
        }
    }

    private JsonObject Create(string region, JsonObject input)
    {
        var known = records(region);
        var application = input.Text("applicationName") ?? throw new AwsError("ApplicationNameRequiredException", "Application name is missing");
        known.Application(application);
        var name = input.Text("deploymentGroupName") ?? throw new AwsError("DeploymentGroupNameRequiredException", "Deployment Group name is missing");
        var group = (JsonObject)known.Group(application, name).DeepClone();
        if (group.Text("computePlatform") != "ECS")
        {
            throw new AwsError("UnsupportedActionForDeploymentTypeException", "The twin deploys to the ECS compute platform only");
        }

        var revision = Rules.Revision(input);
        var configuration = known.Configuration(input.Text("deploymentConfigName") ?? group.Text("deploymentConfigName")!);
        if (configuration.Text("computePlatform") != "ECS")
        {
            throw new AwsError("InvalidDeploymentConfigNameException", $"The deployment configuration {configuration.Text("deploymentConfigName")} is not for the ECS compute platform");
        }

        Rules.CheckDescription(input.Text("description"));
        Rules.CheckRollback(input["autoRollbackConfiguration"] as JsonObject);
        Rules.CheckAlarms(input["overrideAlarmConfiguration"] as JsonObject);
        var deployment = new Deployment
        {
            Id = DeploymentBook.NewId(),
            Region = region,
            Application = application,
            Group = name,
            Configuration = configuration.Text("deploymentConfigName")!,
            Revision = revision,
            PreviousRevision = Book.Last(region, application, name, succeeded: true)?.Revision,
            Description = input.Text("description"),
            Created = context.Clock.GetUtcNow(),
            GroupSettings = group,
            AutoRollback = (JsonObject)(input["autoRollbackConfiguration"] ?? group["autoRollbackConfiguration"] ?? new JsonObject { ["enabled"] = false }).DeepClone(),
            OverrideAlarms = input["overrideAlarmConfiguration"]?.DeepClone() as JsonObject,
        };
        var control = new DeploymentControl(context.Ending);
        Book.Start(deployment, control);
        Start(new DeploymentRun(context, around, control, deployment.Id).RunAsync);
        return new JsonObject { ["deploymentId"] = deployment.Id };
    }

    private string RollBack(Deployment of)
    {
        var rollback = of with
        {
            Id = DeploymentBook.NewId(),
            Creator = "codeDeployRollback",
            Revision = of.PreviousRevision ?? of.Revision,
            PreviousRevision = of.Revision,
            Description = $"Automated rollback of deployment {of.Id}",
            Status = "Created",
            Created = context.Clock.GetUtcNow(),
            Started = null,
            Error = null,
            OverrideAlarms = null,
            TerminationWaitStarted = false,
            Events = [],
            Rollback = new RollbackInfo(null, of.Id, $"This deployment rolls back deployment {of.Id}."),
        };
        var control = new DeploymentControl(context.Ending);
        Book.Start(rollback, control);
        Start(new RollbackRun(context, around, control, rollback.Id).RunAsync);
        return rollback.Id;
    }

    private void Start(Func<Task> run) => runs.Add(Task.Run(async () =>
    {
        try
        {
            await run();
        }
        catch (Exception problem)
        {
            if (!context.Ending.IsCancellationRequested)
            {
                plane.Note(problem);
            }
        }
    }));

    private JsonObject Stop(Deployment deployment, JsonObject input)
    {
        RefuseOver(deployment);
        if (deployment.IsRollback)
        {
            throw new AwsError("UnsupportedActionForDeploymentTypeException", "A rollback deployment cannot be stopped");
        }

        records(deployment.Region).Group(deployment.Application, deployment.Group);
        var rollsBack = input.Flag("autoRollbackEnabled") ?? Rules.RollsBack(deployment, "DEPLOYMENT_STOP_ON_REQUEST");
        var (accepted, atOnce) = Book.Control(deployment.Id).Interrupt(
            new Interruption("Stopped", new DeploymentError("MANUAL_STOP", "The deployment was stopped by a user request."), rollsBack));
        return accepted && atOnce
            ? new JsonObject { ["status"] = "Succeeded", ["statusMessage"] = "The deployment has been stopped." }
            : new JsonObject { ["status"] = "Pending", ["statusMessage"] = "The deployment will be stopped when the step that is under way ends." };
    }

    private JsonObject Continue(Deployment deployment, string wait)
    {
        if (wait is not ("READY_WAIT" or "TERMINATION_WAIT"))
        {
            throw new AwsError("InvalidDeploymentWaitTypeException", $"The deployment wait type {wait} is not valid");
        }

        RefuseOver(deployment);
        if (Book.Control(deployment.Id).Continue(wait))
        {
            return [];
        }

        throw wait == "READY_WAIT"
            ? new AwsError("DeploymentIsNotInReadyStateException", $"The deployment {deployment.Id} is not in the Ready state")
            : new AwsError("InvalidDeploymentStatusException", $"The deployment {deployment.Id} is not waiting for the termination of its original task set");
    }

    private JsonArray BatchGet(TwinRequest request)
    {
        var ids = request.Input.Texts("deploymentIds").ToList();
        return ids.Count switch
        {
            0 => throw new AwsError("DeploymentIdRequiredException", "Deployment ID is required"),
            > 25 => throw new AwsError("BatchLimitExceededException", "The maximum number of deployment IDs in a batch (25) was exceeded"),
            _ => new JsonArray([.. ids.Select(id => DeploymentRendering.Info(Book.Find(request.Region, id)))]),
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

        var found = Book.All.Reverse().Where(deployment => deployment.Region == region
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

    private Deployment Find(TwinRequest request) => Book.Find(request.Region, request.Input.Text("deploymentId"));

    private static string Text(JsonObject input, string name) => input.Text(name) ?? throw new AwsError("DeploymentTargetIdRequiredException", "Deployment target ID is required");

    private static void RefuseOver(Deployment deployment)
    {
        if (deployment.IsOver)
        {
            throw new AwsError("DeploymentAlreadyCompletedException", $"The deployment {deployment.Id} is already completed");
        }
    }
}
