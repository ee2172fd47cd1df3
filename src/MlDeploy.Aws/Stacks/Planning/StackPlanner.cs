using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>A stack as it is: from CloudFormation, or from a file that `render` wrote earlier.</summary>
/// <param name="Template">Without parameters and conditions: folded with the values the stack has.</param>
/// <param name="Status">Null when it comes from a file.</param>
public sealed record ExistingStack(JsonObject Template, ImmutableSortedDictionary<string, string> Tags, string? Status);

/// <summary>A stack as the manifest wants it.</summary>
/// <param name="Kind">registry, application or training.</param>
public sealed record WantedStack(string Kind, string Name, JsonObject Template, ImmutableSortedDictionary<string, string> Tags)
{
    /// <summary>What the caller must acknowledge, such as <c>CAPABILITY_IAM</c>.</summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];

    /// <summary>Both target groups get traffic now: no listener may be changed.</summary>
    public bool TrafficIsMoving { get; init; }

    public static WantedStack From(RenderedStack rendered) => new(StackNames.Word(rendered.Kind), rendered.Name, rendered.Template, rendered.Tags) { Capabilities = rendered.Capabilities };
}

/// <summary>
/// Compares two templates and foresees what CloudFormation would do: which resources are added, changed, replaced and removed, what
/// else a replacement replaces, and what stays because a deployment owns it. Pure; needs no permission beyond reading the stack.
/// </summary>
public static class StackPlanner
{
    private static readonly string[] Sections = ["Description", "Metadata", "Mappings", "Transform", "Rules", "Parameters", "Conditions"];

    /// <summary>Types whose instances hold what cannot be made again.</summary>
    private static readonly Dictionary<string, string> Holds = new(StringComparer.Ordinal)
    {
        ["AWS::S3::Bucket"] = "objects",
        ["AWS::ECR::Repository"] = "images",
        ["AWS::Logs::LogGroup"] = "log lines",
        ["AWS::SageMaker::NotebookInstance"] = "files",
        ["AWS::EFS::FileSystem"] = "files",
        ["AWS::EC2::Volume"] = "data",
        ["AWS::DynamoDB::Table"] = "items",
        ["AWS::RDS::DBInstance"] = "data",
        ["AWS::RDS::DBCluster"] = "data",
        ["AWS::ElastiCache::ReplicationGroup"] = "data",
        ["AWS::SQS::Queue"] = "messages",
        ["AWS::SecretsManager::Secret"] = "value",
        ["AWS::KMS::Key"] = "key, and with it all that it encrypts,",
    };

    /// <param name="existing">Null: there is no such stack yet.</param>
    /// <param name="schemas">Create-only properties by resource type; null for a type without a schema.</param>
    public static StackPlan Plan(WantedStack wanted, ExistingStack? existing, Func<string, CreateOnlyProperties?> schemas)
    {
        var after = (JsonObject)CanonicalTemplate.Of(wanted.Template)!;
        if (existing is null)
        {
            return new StackPlan(
                wanted.Kind, wanted.Name, StackAction.Create, null, [.. LiveParts.Resources(after).Select(resource => Added(resource.Key, resource.Value))],
                PropertyComparison.Compare(new JsonObject(), after["Outputs"] as JsonObject ?? []), [], [], [], []);
        }

        var before = (JsonObject)CanonicalTemplate.Of(existing.Template)!;
        var kept = LiveParts.Keep(before, after);
        var resources = Resources(before, kept.Template, new ReplacementRules(schemas));
        var outputs = PropertyComparison.Compare(before["Outputs"] as JsonObject ?? [], after["Outputs"] as JsonObject ?? []);
        ImmutableArray<PropertyChange> other = [.. Sections.SelectMany(section => PropertyComparison.Compare(before[section], after[section], PropertyPath.Root.Member(section))), .. TagChanges(existing, wanted)];
        var changes = !resources.IsEmpty || !outputs.IsEmpty || !other.IsEmpty;
        return new StackPlan(
            wanted.Kind, wanted.Name, changes ? StackAction.Update : StackAction.None, existing.Status, resources, outputs, other,
            [.. kept.AtDeploy.Where(part => !part.Value.IsEmpty).Select(part => new ResourceChange(part.Key, Type(after, part.Key), ResourceAction.Change, part.Value, []))],
            kept.LeftAlone, []);
    }

    /// <summary>What `provision` sends: the rendered template, with the parts that a deployment owns as the stack has them.</summary>
    public static JsonObject ToSend(JsonObject rendered, JsonObject? existing) => existing is null
        ? rendered
        : LiveParts.ToSend((JsonObject)CanonicalTemplate.Of(existing)!, (JsonObject)CanonicalTemplate.Of(rendered)!);

    private static ImmutableArray<ResourceChange> Resources(JsonObject before, JsonObject after, ReplacementRules rules)
    {
        var changes = new SortedDictionary<string, ResourceChange>(StringComparer.Ordinal);
        foreach (var (logicalId, resource) in LiveParts.Resources(after))
        {
            var change = LiveParts.Resource(before, logicalId) is { } was ? Changed(logicalId, was, resource, rules) : Added(logicalId, resource);
            if (change is not null)
            {
                changes[logicalId] = change;
            }
        }

        foreach (var (logicalId, resource) in LiveParts.Resources(before).Where(resource => LiveParts.Resource(after, resource.Key) is null))
        {
            changes[logicalId] = Removed(logicalId, resource);
        }

        PassOn(changes, before, after, rules);
        return [.. changes.Values.Select(change => change.Refused is null ? change with { Refused = Refusals.Of(change, LiveParts.Resource(after, change.LogicalId)) } : change).OrderBy(change => change.Action).ThenBy(change => change.LogicalId, StringComparer.Ordinal)];
    }

    /// <summary>A replaced resource has another name: every value that refers to it changes, and may replace its owner in turn.</summary>
    private static void PassOn(SortedDictionary<string, ResourceChange> changes, JsonObject before, JsonObject after, ReplacementRules rules)
    {
        var replaced = new Queue<string>(changes.Values.Where(change => change.Action == ResourceAction.Replace).Select(change => change.LogicalId));
        while (replaced.TryDequeue(out var source))
        {
            foreach (var (logicalId, resource) in LiveParts.Resources(after).Where(resource => LiveParts.Resource(before, resource.Key) is not null))
            {
                var type = LiveParts.TypeOf(resource);
                var earlier = changes.GetValueOrDefault(logicalId);
                ImmutableArray<PropertyChange> passed =
                [
                    .. TemplateReferences.Of(resource["Properties"])
                        .Where(reference => reference.To == source && earlier?.Properties.Any(change => change.Path.Text == reference.At.Text) != true)
                        .Select(reference => new PropertyChange(reference.At, reference.Value.DeepClone(), reference.Value.DeepClone(), rules.Of(type, reference.At), source)),
                ];
                if (passed.IsEmpty)
                {
                    continue;
                }

                var change = (earlier ?? new ResourceChange(logicalId, type, ResourceAction.Change, [], [])) is var found ? found with { Properties = found.Properties.AddRange(passed) } : null;
                if (change.Action == ResourceAction.Change && passed.Any(property => property.Consequence == Consequence.Replaces))
                {
                    change = change with { Action = ResourceAction.Replace, Note = LossByReplacing(type, resource) };
                    replaced.Enqueue(logicalId);
                }

                changes[logicalId] = change;
            }
        }
    }

    private static ResourceChange? Changed(string logicalId, JsonObject was, JsonObject resource, ReplacementRules rules)
    {
        var type = LiveParts.TypeOf(resource);
        if (LiveParts.TypeOf(was) is var oldType && oldType != type)
        {
            return new ResourceChange(
                logicalId, type, ResourceAction.Replace, [], PropertyComparison.Compare(oldType, type, PropertyPath.Root.Member("Type")),
                Refused: "CloudFormation changes no resource's type: give the new one another logical id");
        }

        ImmutableArray<PropertyChange> properties =
        [
            .. PropertyComparison.Compare(was["Properties"] as JsonObject ?? [], resource["Properties"] as JsonObject ?? [])
                .Select(change => change with { Consequence = rules.Of(type, change.Path) }),
        ];
        ImmutableArray<PropertyChange> attributes = [.. resource.Concat(was).Select(member => member.Key).Distinct(StringComparer.Ordinal)
            .Where(name => name is not ("Type" or "Properties"))
            .SelectMany(name => PropertyComparison.Compare(was[name], resource[name], PropertyPath.Root.Member(name)))];

        // CloudFormation takes another order for no change, and makes no change set of it.
        if (properties.IsEmpty && attributes.All(change => change.Path.Names[0] == "DependsOn"))
        {
            return null;
        }

        var replaces = properties.Any(change => change.Consequence == Consequence.Replaces);
        return new ResourceChange(logicalId, type, replaces ? ResourceAction.Replace : ResourceAction.Change, properties, attributes, replaces ? LossByReplacing(type, resource) : null);
    }

    private static ResourceChange Added(string logicalId, JsonObject resource) =>
        new(logicalId, LiveParts.TypeOf(resource), ResourceAction.Add, Leaves(null, resource["Properties"] as JsonObject), []);

    private static ResourceChange Removed(string logicalId, JsonObject resource)
    {
        var type = LiveParts.TypeOf(resource);
        var note = resource["DeletionPolicy"]?.ToString() switch
        {
            "Retain" or "RetainExceptOnCreate" => "leaves the stack and stays in the account (DeletionPolicy: Retain)",
            "Snapshot" => "a snapshot is kept (DeletionPolicy: Snapshot)",
            _ when Holds.TryGetValue(type, out var data) => $"its {data} are lost",
            _ => null,
        };
        return new ResourceChange(logicalId, type, ResourceAction.Remove, Leaves(resource["Properties"] as JsonObject, null), [], note);
    }

    private static string? LossByReplacing(string type, JsonObject resource) => resource["UpdateReplacePolicy"]?.ToString() switch
    {
        "Retain" => "the old one stays in the account (UpdateReplacePolicy: Retain)",
        "Snapshot" => "a snapshot of the old one is kept (UpdateReplacePolicy: Snapshot)",
        _ when Holds.TryGetValue(type, out var data) => $"the old one's {data} are lost",
        _ => null,
    };

    /// <summary>The top-level properties of a whole resource, one by one.</summary>
    private static ImmutableArray<PropertyChange> Leaves(JsonObject? old, JsonObject? @new) => PropertyComparison.Compare(old ?? [], @new ?? []);

    private static IEnumerable<PropertyChange> TagChanges(ExistingStack existing, WantedStack wanted) => wanted.Tags.Keys.Union(existing.Tags.Keys).Order(StringComparer.Ordinal)
        .Where(key => existing.Tags.GetValueOrDefault(key) != wanted.Tags.GetValueOrDefault(key))
        .Select(key => new PropertyChange(PropertyPath.Root.Member("Tags").Item(key), existing.Tags.GetValueOrDefault(key), wanted.Tags.GetValueOrDefault(key)));

    private static string Type(JsonObject template, string logicalId) => LiveParts.Resource(template, logicalId) is { } resource ? LiveParts.TypeOf(resource) : "";
}
