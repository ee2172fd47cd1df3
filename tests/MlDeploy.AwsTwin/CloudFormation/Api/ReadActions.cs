using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Resources;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Api;

/// <summary>The calls that only read.</summary>
internal sealed class ReadActions(StackStore store, StackRequests requests, ChangeSetActions changeSets)
{
    private const int PageSize = 100;

    public JsonObject DescribeStacks(TwinRequest request)
    {
        IEnumerable<Stack> stacks = request.Input.Text("StackName") is { } name
            ? [store.Get(request.Region, name)]
            : store.All.Where(stack => stack.Region == request.Region && !stack.IsDeleted).Reverse();
        return Page(request, "Stacks", [.. stacks], Shown);
    }

    public JsonObject ListStacks(TwinRequest request)
    {
        var wanted = request.Input.Texts("StackStatusFilter").ToHashSet();
        var stacks = store.All.Where(stack => stack.Region == request.Region && (wanted.Count == 0 || wanted.Contains(stack.Status))).Reverse().ToList();
        return Page(request, "StackSummaries", stacks, stack => new JsonObject
        {
            ["StackId"] = stack.Id,
            ["StackName"] = stack.Name,
            ["TemplateDescription"] = stack.Definition?.Template.Description,
            ["CreationTime"] = JsonValue.Create(stack.Created),
            ["LastUpdatedTime"] = Time(stack.Updated),
            ["DeletionTime"] = Time(stack.Deleted),
            ["StackStatus"] = stack.Status,
            ["StackStatusReason"] = stack.Reason,
            ["DriftInformation"] = new JsonObject { ["StackDriftStatus"] = "NOT_CHECKED" },
        });
    }

    public JsonObject DescribeEvents(TwinRequest request)
    {
        var stack = store.Get(request.Region, StackRequests.StackName(request));
        return Page(request, "StackEvents", [.. stack.Events.Reverse()], one => new JsonObject
        {
            ["StackId"] = stack.Id,
            ["EventId"] = one.EventId,
            ["StackName"] = stack.Name,
            ["LogicalResourceId"] = one.LogicalId,
            ["PhysicalResourceId"] = one.PhysicalId,
            ["ResourceType"] = one.Type,
            ["Timestamp"] = JsonValue.Create(one.Timestamp),
            ["ResourceStatus"] = one.Status,
            ["ResourceStatusReason"] = one.Reason,
            ["ResourceProperties"] = one.Properties?.ToJsonString(ApiShape.PlainJson),
            ["ClientRequestToken"] = one.Token,
        });
    }

    public JsonObject DescribeResources(TwinRequest request)
    {
        var stack = request.Input.Text("StackName") is { } name ? store.Get(request.Region, name)
            : store.All.LastOrDefault(one => one.Resources.Values.Any(resource => resource.PhysicalId == request.Input.Required("PhysicalResourceId")))
                ?? throw new AwsError("ValidationError", $"Stack for {request.Input.Text("PhysicalResourceId")} does not exist");
        var logical = request.Input.Text("LogicalResourceId");
        return new JsonObject
        {
            ["StackResources"] = new JsonArray([.. stack.Resources.Values.Where(resource => logical is null || resource.LogicalId == logical).Select(resource => (JsonNode?)Shown(stack, resource, "Timestamp"))]),
        };
    }

    public JsonObject DescribeResource(TwinRequest request)
    {
        var stack = store.Get(request.Region, StackRequests.StackName(request));
        var logical = request.Input.Required("LogicalResourceId");
        var resource = stack.Find(logical) ?? throw new AwsError("ValidationError", $"Resource {logical} does not exist for stack {stack.Name}");
        var shown = Shown(stack, resource, "LastUpdatedTimestamp");
        shown["Metadata"] = resource.Metadata?.ToJsonString(ApiShape.PlainJson);
        return new JsonObject { ["StackResourceDetail"] = shown };
    }

    public JsonObject ListResources(TwinRequest request)
    {
        var stack = store.Get(request.Region, StackRequests.StackName(request));
        return Page(request, "StackResourceSummaries", [.. stack.Resources.Values], resource =>
        {
            var shown = Shown(stack, resource, "LastUpdatedTimestamp");
            shown.Remove("StackName");
            shown.Remove("StackId");
            return shown;
        });
    }

    public JsonObject GetTemplate(TwinRequest request)
    {
        var definition = request.Input.Text("ChangeSetName") is not null ? changeSets.Get(request).Set.Definition
            : store.Get(request.Region, StackRequests.StackName(request)).Definition;
        // Nothing here transforms, so that what was processed is what was sent.
        return new JsonObject
        {
            ["TemplateBody"] = definition?.Template.Text ?? "",
            ["StagesAvailable"] = new JsonArray("Original", "Processed"),
        };
    }

    public async Task<JsonObject> ValidateAsync(TwinRequest request, CancellationToken cancel)
    {
        var template = await requests.TemplateAsync(request, null, cancel);
        return Summary(template, withTypes: false);
    }

    public async Task<JsonObject> SummaryAsync(TwinRequest request, CancellationToken cancel)
    {
        var template = request.Input.Text("StackName") is { } name ? store.Get(request.Region, name).Definition!.Template : await requests.TemplateAsync(request, null, cancel);
        return Summary(template, withTypes: true);
    }

    public JsonObject ListExports(TwinRequest request) => new()
    {
        ["Exports"] = new JsonArray([.. store.Exports(request.Region).Select(export => (JsonNode?)new JsonObject
        {
            ["ExportingStackId"] = export.Value.Stack.Id, ["Name"] = export.Key, ["Value"] = export.Value.Value,
        })]),
    };

    public static JsonArray Parameters(StackDefinition definition) => new([.. definition.Parameters.Select(parameter => (JsonNode?)new JsonObject
    {
        ["ParameterKey"] = parameter.Key,
        ["ParameterValue"] = definition.Template.Parameters.Object(parameter.Key).Flag("NoEcho") == true ? "****" : parameter.Value,
    })]);

    public static JsonArray Tags(ImmutableSortedDictionary<string, string> tags) =>
        new([.. tags.Select(tag => (JsonNode?)new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);

    private static JsonObject Shown(Stack stack)
    {
        lock (stack.Gate)
        {
            return new JsonObject
            {
                ["StackId"] = stack.Id,
                ["ChangeSetId"] = stack.ChangeSetId,
                ["StackName"] = stack.Name,
                ["Description"] = stack.Definition?.Template.Description,
                ["Parameters"] = stack.Definition is { } definition ? Parameters(definition) : [],
                ["CreationTime"] = JsonValue.Create(stack.Created),
                ["DeletionTime"] = Time(stack.Deleted),
                ["LastUpdatedTime"] = Time(stack.Updated),
                ["RollbackConfiguration"] = new JsonObject(),
                ["StackStatus"] = stack.Status,
                ["StackStatusReason"] = stack.Reason,
                ["DisableRollback"] = stack.DisableRollback,
                ["NotificationARNs"] = new JsonArray([.. (stack.Definition?.NotificationArns ?? []).Select(arn => (JsonNode?)arn)]),
                ["TimeoutInMinutes"] = stack.TimeoutMinutes,
                ["Capabilities"] = new JsonArray([.. (stack.Definition?.Capabilities ?? []).Select(one => (JsonNode?)one)]),
                ["Outputs"] = new JsonArray([.. stack.Outputs.Select(output => (JsonNode?)new JsonObject
                {
                    ["OutputKey"] = output.Key, ["OutputValue"] = output.Value, ["Description"] = output.Description, ["ExportName"] = output.ExportName,
                })]),
                ["RoleARN"] = stack.Definition?.RoleArn,
                ["Tags"] = stack.Definition is null ? [] : Tags(stack.Definition.Tags),
                ["EnableTerminationProtection"] = stack.TerminationProtection,
                ["DriftInformation"] = new JsonObject { ["StackDriftStatus"] = "NOT_CHECKED" },
            };
        }
    }

    private static JsonObject Shown(Stack stack, StackResource resource, string timeField) => new()
    {
        ["StackName"] = stack.Name,
        ["StackId"] = stack.Id,
        ["LogicalResourceId"] = resource.LogicalId,
        ["PhysicalResourceId"] = resource.PhysicalId,
        ["ResourceType"] = resource.Type,
        [timeField] = JsonValue.Create(resource.Timestamp),
        ["ResourceStatus"] = resource.Status,
        ["ResourceStatusReason"] = resource.Reason,
        ["DriftInformation"] = new JsonObject { ["StackResourceDriftStatus"] = "NOT_CHECKED" },
    };

    private static JsonObject Summary(Template template, bool withTypes) => new()
    {
        ["Parameters"] = new JsonArray([.. template.Parameters.Select(parameter => (JsonNode?)new JsonObject
        {
            ["ParameterKey"] = parameter.Key,
            ["DefaultValue"] = template.Parameters.Object(parameter.Key).Text("Default"),
            ["ParameterType"] = withTypes ? template.Parameters.Object(parameter.Key).Text("Type") : null,
            ["NoEcho"] = template.Parameters.Object(parameter.Key).Flag("NoEcho") == true,
            ["Description"] = template.Parameters.Object(parameter.Key).Text("Description"),
        })]),
        ["Description"] = template.Description,
        ["Capabilities"] = template.NeededCapability() is { } needed ? new JsonArray(needed) : [],
        ["CapabilitiesReason"] = template.NeededCapability() is null ? null : "The following resource(s) require capabilities: [" + string.Join(", ", template.Resources.Values.Select(resource => resource.Type).Where(type => type.StartsWith("AWS::IAM", StringComparison.Ordinal)).Distinct()) + "]",
        ["ResourceTypes"] = withTypes ? new JsonArray([.. template.Resources.Values.Select(resource => resource.Type).Distinct().Select(type => (JsonNode?)type)]) : null,
        ["Version"] = withTypes ? template.Root.Text("AWSTemplateFormatVersion") : null,
    };

    private static JsonObject Page<T>(TwinRequest request, string name, List<T> all, Func<T, JsonObject> show)
    {
        var start = int.TryParse(request.Input.Text("NextToken"), out var token) ? token : 0;
        return new JsonObject
        {
            [name] = new JsonArray([.. all.Skip(start).Take(PageSize).Select(one => (JsonNode?)show(one))]),
            ["NextToken"] = start + PageSize < all.Count ? (start + PageSize).ToString() : null,
        };
    }

    private static JsonValue? Time(DateTimeOffset? time) => time is { } known ? JsonValue.Create(known) : null;
}
