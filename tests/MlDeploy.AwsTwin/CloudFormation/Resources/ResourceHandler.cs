using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Clock;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Resources;

/// <summary>How one resource type is made, changed and removed, by calls that anyone could make.</summary>
internal abstract class ResourceHandler(string type)
{
    public string Type => type;

    /// <summary>The property that names it, if a template may choose the name: such a resource cannot be replaced under the same name.</summary>
    public virtual string? NameProperty => null;

    /// <exception cref="AwsError">As the service said it.</exception>
    public abstract Task<Made> CreateAsync(ResourceWork work, CancellationToken cancel);

    /// <param name="before">The properties as they were; <see cref="ResourceWork.Properties"/> are the new ones.</param>
    public abstract Task<Made> UpdateAsync(ResourceWork work, JsonObject before, CancellationToken cancel);

    /// <summary>Succeeds when the resource is gone already.</summary>
    public abstract Task DeleteAsync(ResourceWork work, CancellationToken cancel);

    /// <summary>Whether a property that may replace does so with these values.</summary>
    public virtual bool ReplacesConditionally(string property, JsonObject before, JsonObject after) => false;

    /// <summary>Properties that CloudFormation gives a value when the template does not, unlike the service.</summary>
    protected static JsonObject Attributes(params (string Name, JsonNode? Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value?.DeepClone())));

    /// <summary>Runs a deletion, taking "there is none" for success.</summary>
    protected static async Task UnlessGone(Func<Task> delete, params string[] codes)
    {
        try
        {
            await delete();
        }
        catch (AwsError error) when (codes.Contains(error.Code) || error.Code.Contains("NotFound", StringComparison.Ordinal) || error.Code.Contains("NoSuch", StringComparison.Ordinal))
        {
            // What was to go is gone.
        }
    }
}

/// <param name="PhysicalId">What Ref gives.</param>
/// <param name="Attributes">What Fn::GetAtt gives.</param>
internal sealed record Made(string PhysicalId, JsonObject Attributes);

/// <summary>The surroundings of one handler call.</summary>
internal sealed record ResourceWork
{
    public required string StackName { get; init; }

    public required string StackId { get; init; }

    public required string LogicalId { get; init; }

    /// <summary>Null while it is being created.</summary>
    public string? PhysicalId { get; init; }

    public JsonObject Attributes { get; init; } = [];

    public required JsonObject Properties { get; init; }

    /// <summary>The stack's tags and the resource's own, the latter winning; then CloudFormation's three.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Tags { get; init; }

    /// <summary>Keys of tags that an update takes away.</summary>
    public ImmutableArray<string> GoneTags { get; init; } = [];

    /// <summary>An update that puts back what another, failed one changed.</summary>
    public bool IsRollback { get; init; }

    public required ResourceSchema Schema { get; init; }

    public required TwinCaller Call { get; init; }

    public required TwinClock Clock { get; init; }

    /// <summary>Twelve characters that make a generated name unique.</summary>
    public required string Suffix { get; init; }

    /// <summary>Tells the physical id as soon as there is one, so that a resource that never gets ready can be removed.</summary>
    public required Action<Made> Announce { get; init; }

    /// <summary>Ends waiting when the operation is cancelled; calls are always made to their end, so that nothing is made and forgotten.</summary>
    public CancellationToken Stop { get; init; }

    public string Id => PhysicalId ?? throw new InvalidOperationException($"{LogicalId} has no physical id");

    public string Region => Call.Region;

    public string? Text(string name) => Properties.Text(name);

    /// <summary>`[{Key, Value}]`, the shape most services take.</summary>
    public JsonArray TagList() => new([.. Tags.Select(tag => (JsonNode?)new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);

    public JsonArray LowerTagList() => new([.. Tags.Select(tag => (JsonNode?)new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]);

    public JsonObject TagMap() => new(Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));

    /// <summary>The name the template chose, or CloudFormation's `STACK-LOGICALID-SUFFIX`, both parts cut to fit.</summary>
    public string Name(string property, int longest = 64, bool lower = false)
    {
        if (Text(property) is { } chosen)
        {
            return chosen;
        }

        var room = longest - Suffix.Length - 2;
        var logical = LogicalId[..Math.Min(LogicalId.Length, Math.Max(room - StackName.Length, room / 2))];
        var name = $"{StackName[..Math.Min(StackName.Length, room - logical.Length)].TrimEnd('-')}-{logical}-{Suffix}";
        return lower ? name.ToLowerInvariant() : name;
    }

    /// <summary>The named properties that are set, cloned.</summary>
    public JsonObject Pick(params string[] names) => new(names.Where(Properties.ContainsKey).Select(name => KeyValuePair.Create(name, Properties[name]?.DeepClone())));

    /// <summary>Asks again every few twin seconds until it is so.</summary>
    /// <exception cref="AwsError">`NotStabilized` after the time a handler is given.</exception>
    public async Task WaitAsync(Func<Task<bool>> isSo, TimeSpan every, TimeSpan atMost)
    {
        var start = Clock.GetTimestamp();
        while (!await isSo())
        {
            if (Clock.GetElapsedTime(start) > atMost)
            {
                throw new AwsError("NotStabilized", "Exceeded attempts to wait");
            }

            await Task.Delay(every, Clock, Stop);
        }
    }
}
