using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>The calls that make and steer deployments; each runs on by itself once created, whoever asked for it may be gone.</summary>
internal sealed class DeploymentCalls : IAsyncDisposable
{
    private readonly TwinContext context;
    private readonly Plane plane;
    private readonly Func<string, CodeDeployRecords> records;
    private readonly DeploymentSurroundings around;
    private readonly DeploymentReads reads;
    private readonly ConcurrentBag<Task> runs = [];

    public DeploymentCalls(TwinContext context, Plane plane, Func<string, CodeDeployRecords> records)
    {
        (this.context, this.plane, this.records) = (context, plane, records);
        Book = new DeploymentBook(context.Clock);
        around = new DeploymentSurroundings(context, plane, records, Book) { StartRollback = RollBack };
        reads = new DeploymentReads(plane, records, Book, context.Options.Deployments.IsTerse);
    }

    public DeploymentBook Book { get; }

    /// <summary>Null for an action that is none of these.</summary>
    public JsonObject? Answer(TwinRequest request) => request.Action switch
    {
        "CreateDeployment" => Create(request.Region, request.Input),
        "StopDeployment" => Stop(Find(request), request.Input),
        "ContinueDeployment" => Continue(Find(request), request.Input.Text("deploymentWaitType") ?? "READY_WAIT"),
        "SkipWaitTimeForInstanceTermination" => Continue(Find(request), "TERMINATION_WAIT"),
        _ => reads.Answer(request),
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

        var revision = DeploymentRules.Revision(input);
        var configuration = known.Configuration(input.Text("deploymentConfigName") ?? group.Text("deploymentConfigName")!);
        if (configuration.Text("computePlatform") != "ECS")
        {
            throw new AwsError("InvalidDeploymentConfigNameException", $"The deployment configuration {configuration.Text("deploymentConfigName")} is not for the ECS compute platform");
        }

        DeploymentRules.CheckDescription(input.Text("description"));
        DeploymentRules.CheckRollback(input["autoRollbackConfiguration"] as JsonObject);
        DeploymentRules.CheckAlarms(input["overrideAlarmConfiguration"] as JsonObject);
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
            Revision = of.PreviousRevision,
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
        var rollsBack = input.Flag("autoRollbackEnabled") ?? DeploymentRules.RollsBack(deployment, "DEPLOYMENT_STOP_ON_REQUEST");
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

    private Deployment Find(TwinRequest request) => Book.Find(request.Region, request.Input.Text("deploymentId"));

    private static void RefuseOver(Deployment deployment)
    {
        if (deployment.IsOver)
        {
            throw new AwsError("DeploymentAlreadyCompletedException", $"The deployment {deployment.Id} is already completed");
        }
    }
}
