using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Alarms;
using MlDeploy.AwsTwin.Ecs;
using MlDeploy.AwsTwin.Front;
using MlDeploy.AwsTwin.Scheduling;

namespace MlDeploy.AwsTwin.Scaling;

/// <summary>The calls of Application Auto Scaling.</summary>
internal sealed class ScalingService(TwinContext context, ScalingBook book, AlarmBook alarms, EcsBook ecs, ScalingLoop loop) : ITwinService
{
    public string SigningName => "application-autoscaling";

    public bool Owns(string action) => action is "RegisterScalableTarget" or "DescribeScalableTargets" or "DeregisterScalableTarget"
        or "PutScalingPolicy" or "DescribeScalingPolicies" or "DeleteScalingPolicy"
        or "PutScheduledAction" or "DescribeScheduledActions" or "DeleteScheduledAction" or "DescribeScalingActivities";

    public async Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        if (request.Action == "RegisterScalableTarget")
        {
            var target = Register(request);
            await loop.KeepWithinAsync(target, cancel);
            return TwinReply.Of(new JsonObject { ["ScalableTargetARN"] = target.Arn });
        }

        lock (book.Gate)
        {
            return TwinReply.Of(request.Action switch
            {
                "DescribeScalableTargets" => DescribeTargets(request.Input),
                "DeregisterScalableTarget" => Deregister(request.Input),
                "PutScalingPolicy" => PutPolicy(request),
                "DescribeScalingPolicies" => DescribePolicies(request.Input),
                "DeleteScalingPolicy" => DeletePolicy(request.Input),
                "PutScheduledAction" => Schedule(request),
                "DescribeScheduledActions" => DescribeSchedules(request.Input),
                "DeleteScheduledAction" => DeleteSchedule(request.Input),
                _ => DescribeActivities(request.Input),
            });
        }
    }

    public (string Section, JsonNode Content)? Describe()
    {
        lock (book.Gate)
        {
            return ("scaling", new JsonArray([.. book.Targets.Values.Select(target => new JsonObject
            {
                ["resource"] = target.Resource.ResourceId,
                ["minimum"] = target.Minimum,
                ["maximum"] = target.Maximum,
                ["lastActivity"] = book.Activities.Find(activity => activity.Resource == target.Resource)?.Description,
            })]));
        }
    }

    private ScalableTarget Register(TwinRequest request)
    {
        var input = request.Input;
        var resource = Resource(input);
        var suspended = input.Object("SuspendedState");
        lock (book.Gate)
        {
            var old = book.Targets.GetValueOrDefault(resource);
            if (old is null && (input.Whole("MinCapacity") is null || input.Whole("MaxCapacity") is null))
                throw new AwsError("ValidationException", "Min and max capacity are required when registering a new scalable target.");
            if (old is null && resource.Namespace == "ecs" && !Exists(resource, request.Region))
                throw new AwsError("ValidationException", $"ECS service doesn't exist: {resource.ResourceId}");
            var (least, most) = (input.Whole("MinCapacity") ?? old!.Minimum, input.Whole("MaxCapacity") ?? old!.Maximum);
            if (least < 0 || least > most)
                throw new AwsError("ValidationException", "Minimum capacity must be less than or equal to maximum capacity.");
            return book.Targets[resource] = new ScalableTarget(
                resource,
                request.Region,
                old?.Arn ?? $"arn:aws:application-autoscaling:{request.Region}:{TwinAccount.Id}:scalable-target/0{Guid.NewGuid():N}"[..^8],
                least,
                most,
                input.Text("RoleARN") ?? old?.RoleArn ?? $"arn:aws:iam::{TwinAccount.Id}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
                new Suspension(
                    suspended.Flag("DynamicScalingInSuspended") ?? old?.Suspended.In ?? false,
                    suspended.Flag("DynamicScalingOutSuspended") ?? old?.Suspended.Out ?? false,
                    suspended.Flag("ScheduledScalingSuspended") ?? old?.Suspended.Scheduled ?? false),
                old?.Created ?? context.Clock.GetUtcNow());
        }
    }

    private bool Exists(ScalableResource resource, string region)
    {
        lock (ecs.Gate)
            return resource.ResourceId.Split('/') is [_, var cluster, var service] && ecs.Services.GetValueOrDefault(EcsNames.Service(region, cluster, service)) is { Status: "ACTIVE" };
    }

    private JsonObject DescribeTargets(JsonObject input)
    {
        var ids = input.Texts("ResourceIds").ToHashSet();
        var found = book.Targets.Values.Where(target =>
            target.Resource.Namespace == input.Required("ServiceNamespace") && (ids.Count == 0 || ids.Contains(target.Resource.ResourceId))
            && (input.Text("ScalableDimension") ?? target.Resource.Dimension) == target.Resource.Dimension);
        return new JsonObject
        {
            ["ScalableTargets"] = new JsonArray([.. found.Select(target => With(target.Resource, new JsonObject
            {
                ["MinCapacity"] = target.Minimum,
                ["MaxCapacity"] = target.Maximum,
                ["RoleARN"] = target.RoleArn,
                ["CreationTime"] = target.Created,
                ["ScalableTargetARN"] = target.Arn,
                ["SuspendedState"] = new JsonObject
                {
                    ["DynamicScalingInSuspended"] = target.Suspended.In,
                    ["DynamicScalingOutSuspended"] = target.Suspended.Out,
                    ["ScheduledScalingSuspended"] = target.Suspended.Scheduled,
                },
            }))]),
        };
    }

    private JsonObject Deregister(JsonObject input)
    {
        var resource = Resource(input);
        if (!book.Targets.Remove(resource))
            throw Missing("scalable target", resource);
        foreach (var policy in book.Policies.Where(policy => policy.Resource == resource).ToList())
            Remove(policy);
        book.Schedules.RemoveAll(action => action.Resource == resource);
        return [];
    }

    private JsonObject PutPolicy(TwinRequest request)
    {
        var input = request.Input;
        var resource = Resource(input);
        if (!book.Targets.ContainsKey(resource))
            throw Missing("scalable target", resource);
        var name = input.Required("PolicyName");
        var type = input.Text("PolicyType") ?? "StepScaling";
        if (type != "TargetTrackingScaling")
            throw new AwsError("ValidationException", $"The twin has target tracking policies only, not {type}.");
        var old = book.Policies.Find(policy => policy.Resource == resource && policy.Name == name);
        var arn = old?.Arn ?? $"arn:aws:autoscaling:{request.Region}:{TwinAccount.Id}:scalingPolicy:{Guid.NewGuid()}:resource/{resource.Namespace}/{resource.ResourceId}:policyName/{name}";
        var policy = new ScalingPolicy(resource, name, arn, type, (JsonObject)input.Object("TargetTrackingScalingPolicyConfiguration").DeepClone(), old?.Created ?? context.Clock.GetUtcNow());
        policy = TargetTracking.Equip(policy, request.Region, alarms);
        if (old is not null)
            Remove(old);
        book.Policies.Add(policy);
        return new JsonObject { ["PolicyARN"] = arn, ["Alarms"] = Alarms(policy) };
    }

    private JsonObject DescribePolicies(JsonObject input)
    {
        var names = input.Texts("PolicyNames").ToHashSet();
        var found = book.Policies.Where(policy => Matches(policy.Resource, input) && (names.Count == 0 || names.Contains(policy.Name)));
        return new JsonObject
        {
            ["ScalingPolicies"] = new JsonArray([.. found.Select(policy => With(policy.Resource, new JsonObject
            {
                ["PolicyARN"] = policy.Arn,
                ["PolicyName"] = policy.Name,
                ["PolicyType"] = policy.Type,
                ["TargetTrackingScalingPolicyConfiguration"] = policy.Configuration.DeepClone(),
                ["Alarms"] = Alarms(policy),
                ["CreationTime"] = policy.Created,
            }))]),
        };
    }

    private JsonObject DeletePolicy(JsonObject input)
    {
        var resource = Resource(input);
        Remove(book.Policies.Find(policy => policy.Resource == resource && policy.Name == input.Required("PolicyName")) ?? throw Missing("scaling policy", resource));
        return [];
    }

    private void Remove(ScalingPolicy policy)
    {
        book.Policies.Remove(policy);
        alarms.Delete(new[] { policy.HighAlarm, policy.LowAlarm }.OfType<string>());
    }

    private JsonObject Schedule(TwinRequest request)
    {
        var input = request.Input;
        var resource = Resource(input);
        if (!book.Targets.ContainsKey(resource))
            throw Missing("scalable target", resource);
        var name = input.Required("ScheduledActionName");
        var old = book.Schedules.Find(action => action.Resource == resource && action.Name == name);
        var text = input.Text("Schedule") ?? old?.Text ?? throw new AwsError("ValidationException", "A schedule is required.");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(input.Text("Timezone") ?? "UTC", out var zone))
            throw new AwsError("ValidationException", $"Invalid timezone: {input.Text("Timezone")}");
        var now = context.Clock.GetUtcNow();
        var start = input.Time("StartTime");
        var bounds = input.Object("ScalableTargetAction");
        var arn = old?.Arn ?? $"arn:aws:autoscaling:{request.Region}:{TwinAccount.Id}:scheduledAction:{Guid.NewGuid()}:resource/{resource.Namespace}/{resource.ResourceId}:scheduledActionName/{name}";
        var action = new ScheduledAction(resource, name, arn, text, ScheduleExpression.Parse(text), zone, bounds.Whole("MinCapacity"), bounds.Whole("MaxCapacity"), start, input.Time("EndTime"), now, null);
        // One that can never come would be kept for nothing, and whoever relies on it must hear so now.
        var due = action.After(start > now ? start.Value : now) ?? throw new AwsError("ValidationException", $"The schedule {text} lies in the past: it is {now:yyyy-MM-dd'T'HH:mm:ss} now.");
        if (old is not null)
            book.Schedules.Remove(old);
        book.Schedules.Add(action with { Due = due });
        return [];
    }

    private JsonObject DescribeSchedules(JsonObject input)
    {
        var names = input.Texts("ScheduledActionNames").ToHashSet();
        var found = book.Schedules.Where(action => Matches(action.Resource, input) && (names.Count == 0 || names.Contains(action.Name)));
        return new JsonObject
        {
            ["ScheduledActions"] = new JsonArray([.. found.Select(action => With(action.Resource, new JsonObject
            {
                ["ScheduledActionName"] = action.Name,
                ["ScheduledActionARN"] = action.Arn,
                ["Schedule"] = action.Text,
                ["StartTime"] = action.Start is { } start ? JsonValue.Create(start) : null,
                ["EndTime"] = action.End is { } end ? JsonValue.Create(end) : null,
                ["ScalableTargetAction"] = new JsonObject { ["MinCapacity"] = action.Minimum, ["MaxCapacity"] = action.Maximum },
                ["CreationTime"] = action.Created,
            }))]),
        };
    }

    private JsonObject DeleteSchedule(JsonObject input)
    {
        var resource = Resource(input);
        return book.Schedules.RemoveAll(action => action.Resource == resource && action.Name == input.Required("ScheduledActionName")) > 0 ? [] : throw Missing("scheduled action", resource);
    }

    private JsonObject DescribeActivities(JsonObject input) => new()
    {
        ["ScalingActivities"] = new JsonArray([.. book.Activities.Where(activity => Matches(activity.Resource, input)).Select(activity => With(activity.Resource, new JsonObject
        {
            ["ActivityId"] = activity.Id,
            ["Description"] = activity.Description,
            ["Cause"] = activity.Cause,
            ["StartTime"] = activity.Started,
            ["EndTime"] = activity.Ended is { } ended ? JsonValue.Create(ended) : null,
            ["StatusCode"] = activity.Status,
            ["StatusMessage"] = activity.Message,
        }))]),
    };

    private JsonArray Alarms(ScalingPolicy policy) =>
        [.. new[] { policy.HighAlarm, policy.LowAlarm }.OfType<string>().Select(name => new JsonObject { ["AlarmName"] = name, ["AlarmARN"] = alarms.All.GetValueOrDefault(name)?.Alarm.Arn })];

    private static JsonObject With(ScalableResource resource, JsonObject shown)
    {
        shown["ServiceNamespace"] = resource.Namespace;
        shown["ResourceId"] = resource.ResourceId;
        shown["ScalableDimension"] = resource.Dimension;
        return shown;
    }

    private static bool Matches(ScalableResource resource, JsonObject input) =>
        resource.Namespace == input.Required("ServiceNamespace")
        && (input.Text("ResourceId") ?? resource.ResourceId) == resource.ResourceId
        && (input.Text("ScalableDimension") ?? resource.Dimension) == resource.Dimension;

    private static ScalableResource Resource(JsonObject input) => new(input.Required("ServiceNamespace"), input.Required("ResourceId"), input.Required("ScalableDimension"));

    private static AwsError Missing(string what, ScalableResource resource) => new("ObjectNotFoundException",
        $"No {what} found for service namespace: {resource.Namespace}, resource ID: {resource.ResourceId}, scalable dimension: {resource.Dimension}");
}
