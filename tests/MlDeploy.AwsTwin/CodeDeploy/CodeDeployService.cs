using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>
/// CodeDeploy for ECS: applications, groups and configurations with the limits that the service enforces, and the deployments
/// that <see cref="DeploymentCalls"/> runs on them.
/// </summary>
internal sealed class CodeDeployService : ITwinService, IAsyncDisposable
{
    private readonly TwinContext twin;
    private readonly ConcurrentDictionary<string, CodeDeployRecords> regions = new();
    private readonly DeploymentCalls deployments;

    public CodeDeployService(TwinContext twin, Plane plane)
    {
        this.twin = twin;
        deployments = new DeploymentCalls(twin, plane, Records);
    }

    public string SigningName => "codedeploy";

    public bool Owns(string action) => true;

    public CodeDeployRecords Records(string region) => regions.GetOrAdd(region, _ => new CodeDeployRecords());

    public Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        var (records, input) = (Records(request.Region), request.Input);
        return Task.FromResult(TwinReply.Of(deployments.Answer(request) ?? request.Action switch
        {
            "CreateApplication" => CreateApplication(records, request),
            "GetApplication" => new JsonObject { ["application"] = records.Application(Name(input)).DeepClone() },
            "BatchGetApplications" => new JsonObject { ["applicationsInfo"] = Clones(input.Texts("applicationNames").Select(records.Application)) },
            "ListApplications" => new JsonObject { ["applications"] = Names(records.Applications.Keys) },
            "DeleteApplication" => DeleteApplication(records, input),
            "CreateDeploymentGroup" => CreateGroup(records, request),
            "UpdateDeploymentGroup" => UpdateGroup(records, input),
            "GetDeploymentGroup" => new JsonObject { ["deploymentGroupInfo"] = Shown(records, request.Region, Name(input), Group(input)) },
            "BatchGetDeploymentGroups" => new JsonObject { ["deploymentGroupsInfo"] = new JsonArray([.. input.Texts("deploymentGroupNames").Select(group => Shown(records, request.Region, Name(input), group))]) },
            "ListDeploymentGroups" => new JsonObject { ["applicationName"] = records.Application(Name(input)).Text("applicationName"), ["deploymentGroups"] = Names(records.Groups.Keys.Where(key => key.Application == Name(input)).Select(key => key.Group)) },
            "DeleteDeploymentGroup" => DeleteGroup(records, input),
            "CreateDeploymentConfig" => CreateConfiguration(records, input),
            "GetDeploymentConfig" => new JsonObject { ["deploymentConfigInfo"] = records.Configuration(Configuration(input)).DeepClone() },
            "ListDeploymentConfigs" => new JsonObject { ["deploymentConfigsList"] = Names(records.Configurations.Keys) },
            "DeleteDeploymentConfig" => DeleteConfiguration(records, input),
            "TagResource" => Tag(records, input),
            "UntagResource" => Untag(records, input),
            "ListTagsForResource" => new JsonObject { ["Tags"] = records.Tags.GetValueOrDefault(input.Required("ResourceArn"))?.DeepClone() ?? new JsonArray() },
            _ => throw new AwsError("InvalidAction", $"The twin's CodeDeploy has no {request.Action} yet"),
        }));
    }

    public (string Section, JsonNode Content)? Describe() => ("codedeploy", new JsonObject(regions.Select(region => KeyValuePair.Create(region.Key, (JsonNode?)new JsonObject
    {
        ["applications"] = Names(region.Value.Applications.Keys),
        ["groups"] = Clones(region.Value.Groups.Values),
        ["configurations"] = Names(region.Value.Configurations.Keys.Where(name => !name.StartsWith("CodeDeployDefault.", StringComparison.Ordinal))),
        ["deployments"] = new JsonArray([.. deployments.Book.All.Where(deployment => deployment.Region == region.Key).Select(deployment => new JsonObject
        {
            ["id"] = deployment.Id,
            ["group"] = deployment.Group,
            ["status"] = deployment.Status,
            ["creator"] = deployment.Creator,
            ["error"] = deployment.Error?.Message,
            ["step"] = deployment.Events.LastOrDefault(each => each.Start is not null)?.Name,
        })]),
    }))));

    public ValueTask DisposeAsync() => deployments.DisposeAsync();

    private JsonObject Shown(CodeDeployRecords records, string region, string application, string name)
    {
        var group = (JsonObject)records.Group(application, name).DeepClone();
        group["lastAttemptedDeployment"] = Last(deployments.Book.Last(region, application, name, succeeded: false));
        var success = deployments.Book.Last(region, application, name, succeeded: true);
        group["lastSuccessfulDeployment"] = Last(success);
        group["targetRevision"] = success?.Revision.DeepClone();
        return group;
    }

    private static JsonObject? Last(Deployment? deployment) => deployment is null ? null : new JsonObject
    {
        ["deploymentId"] = deployment.Id,
        ["status"] = deployment.Status,
        ["createTime"] = JsonValue.Create(deployment.Created),
        ["endTime"] = deployment.Completed is { } completed ? JsonValue.Create(completed) : null,
    };

    private JsonObject CreateApplication(CodeDeployRecords records, TwinRequest request)
    {
        var name = Name(request.Input);
        var application = new JsonObject
        {
            ["applicationId"] = Guid.NewGuid().ToString(),
            ["applicationName"] = name,
            ["createTime"] = JsonValue.Create(twin.Clock.GetUtcNow()),
            ["linkedToGitHub"] = false,
            ["computePlatform"] = request.Input.Text("computePlatform") ?? "Server",
        };
        if (!records.Applications.TryAdd(name, application))
        {
            throw new AwsError("ApplicationAlreadyExistsException", $"Application already exists: {name}");
        }

        KeepTags(records, $"{Arn(request)}application:{name}", request.Input);
        return new JsonObject { ["applicationId"] = application.Text("applicationId") };
    }

    private static JsonObject DeleteApplication(CodeDeployRecords records, JsonObject input)
    {
        records.Applications.TryRemove(Name(input), out _);
        foreach (var key in records.Groups.Keys.Where(key => key.Application == Name(input)))
        {
            records.Groups.TryRemove(key, out _);
        }

        return [];
    }

    private static JsonObject CreateGroup(CodeDeployRecords records, TwinRequest request)
    {
        var (input, name) = (request.Input, Group(request.Input));
        var application = records.Application(Name(input));
        var group = (JsonObject)input.DeepClone();
        group.Remove("tags");
        group["deploymentGroupId"] = Guid.NewGuid().ToString();
        group["computePlatform"] = application.Text("computePlatform");
        group["deploymentConfigName"] ??= application.Text("computePlatform") == "ECS" ? "CodeDeployDefault.ECSAllAtOnce" : "CodeDeployDefault.OneAtATime";
        GroupRules.Check(records, group);
        if (!records.Groups.TryAdd((Name(input), name), group))
        {
            throw new AwsError("DeploymentGroupAlreadyExistsException", $"Deployment group already exists: {name}");
        }

        KeepTags(records, $"{Arn(request)}deploymentgroup:{Name(input)}/{name}", input);
        return new JsonObject { ["deploymentGroupId"] = group.Text("deploymentGroupId") };
    }

    /// <summary>What is named is replaced, what is not stays.</summary>
    private static JsonObject UpdateGroup(CodeDeployRecords records, JsonObject input)
    {
        var current = input.Required("currentDeploymentGroupName");
        var group = (JsonObject)records.Group(Name(input), current).DeepClone();
        foreach (var (name, value) in input.Where(field => field.Key is not ("applicationName" or "currentDeploymentGroupName" or "newDeploymentGroupName")))
        {
            group[name] = value?.DeepClone();
        }

        var next = input.Text("newDeploymentGroupName") ?? current;
        group["deploymentGroupName"] = next;
        GroupRules.Check(records, group);
        records.Groups.TryRemove((Name(input), current), out _);
        records.Groups[(Name(input), next)] = group;
        return new JsonObject { ["hooksNotCleanedUp"] = new JsonArray() };
    }

    private static JsonObject DeleteGroup(CodeDeployRecords records, JsonObject input)
    {
        records.Groups.TryRemove((Name(input), Group(input)), out _);
        return new JsonObject { ["hooksNotCleanedUp"] = new JsonArray() };
    }

    private JsonObject CreateConfiguration(CodeDeployRecords records, JsonObject input)
    {
        var name = Configuration(input);
        if (name.StartsWith("CodeDeployDefault.", StringComparison.Ordinal))
        {
            throw new AwsError("InvalidDeploymentConfigNameException", "Deployment configuration names cannot start with CodeDeployDefault.");
        }

        ConfigurationRules.Check(input);
        var configuration = (JsonObject)input.DeepClone();
        configuration["deploymentConfigId"] = Guid.NewGuid().ToString();
        configuration["createTime"] = JsonValue.Create(twin.Clock.GetUtcNow());
        return records.Configurations.TryAdd(name, configuration)
            ? new JsonObject { ["deploymentConfigId"] = configuration.Text("deploymentConfigId") }
            : throw new AwsError("DeploymentConfigAlreadyExistsException", $"Deployment configuration already exists: {name}");
    }

    private static JsonObject DeleteConfiguration(CodeDeployRecords records, JsonObject input)
    {
        var name = Configuration(input);
        if (records.Groups.Values.Any(group => group.Text("deploymentConfigName") == name))
        {
            throw new AwsError("DeploymentConfigInUseException", $"Deployment Configuration is in use: {name}");
        }

        records.Configurations.TryRemove(name, out _);
        return [];
    }

    private static JsonObject Tag(CodeDeployRecords records, JsonObject input)
    {
        KeepTags(records, input.Required("ResourceArn"), new JsonObject { ["tags"] = input["Tags"]?.DeepClone() });
        return [];
    }

    private static JsonObject Untag(CodeDeployRecords records, JsonObject input)
    {
        var gone = input.Texts("TagKeys").ToHashSet();
        var arn = input.Required("ResourceArn");
        records.Tags[arn] = Clones((records.Tags.GetValueOrDefault(arn) ?? []).OfType<JsonObject>().Where(tag => !gone.Contains(tag.Text("Key") ?? "")));
        return [];
    }

    private static void KeepTags(CodeDeployRecords records, string arn, JsonObject input)
    {
        var added = input.Objects("tags").ToList();
        var kept = (records.Tags.GetValueOrDefault(arn) ?? []).OfType<JsonObject>().Where(tag => !added.Exists(other => other.Text("Key") == tag.Text("Key")));
        records.Tags[arn] = Clones(kept.Concat(added));
    }

    private static string Arn(TwinRequest request) => $"arn:{TwinAccount.Partition}:codedeploy:{request.Region}:{TwinAccount.Id}:";

    private static string Name(JsonObject input) => input.Text("applicationName") ?? throw new AwsError("ApplicationNameRequiredException", "Application name is missing");

    private static string Group(JsonObject input) => input.Text("deploymentGroupName") ?? throw new AwsError("DeploymentGroupNameRequiredException", "Deployment Group name is missing");

    private static string Configuration(JsonObject input) => input.Text("deploymentConfigName") ?? throw new AwsError("DeploymentConfigNameRequiredException", "Deployment Configuration name is missing");

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Order(StringComparer.Ordinal).Select(name => (JsonNode?)name)]);

    private static JsonArray Clones(IEnumerable<JsonObject> nodes) => new([.. nodes.Select(node => node.DeepClone())]);
}
