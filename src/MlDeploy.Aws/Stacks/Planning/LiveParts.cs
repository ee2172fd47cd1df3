using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Stacks.Planning;

/// <param name="Template">What is to be sent: the rendered template with the live parts as the stack has them.</param>
/// <param name="AtDeploy">What the rendered template would change in them, by logical id.</param>
internal sealed record KeptParts(JsonObject Template, ImmutableSortedDictionary<string, ImmutableArray<PropertyChange>> AtDeploy, ImmutableArray<LeftAlone> LeftAlone);

/// <summary>
/// After its creation a service with the CODE_DEPLOY controller belongs to CodeDeploy: CloudFormation is refused when it touches task
/// definition, load balancer, network or platform, and any update of a listener sends its default actions again, which after a swap
/// would send all traffic to a target group with no task behind it. So these parts stay, in what is sent, as the stack has them;
/// what the manifest changed in them is told as *applies at deploy*.
/// </summary>
internal static class LiveParts
{
    private const string Service = "AWS::ECS::Service";
    private const string Listener = "AWS::ElasticLoadBalancingV2::Listener";
    private const string ListenerRule = "AWS::ElasticLoadBalancingV2::ListenerRule";

    /// <summary>What a deployment changes.</summary>
    private static readonly string[] Deployed = ["TaskDefinition", "LoadBalancers"];

    /// <summary>What UpdateService refuses under the CODE_DEPLOY controller (ECS API reference, UpdateService). The last three no deployment of ours changes either.</summary>
    public static readonly string[] OfService = [.. Deployed, "NetworkConfiguration", "PlatformVersion", "CapacityProviderStrategy"];

    /// <param name="existing">Canonical, as the stack has it.</param>
    /// <param name="rendered">Canonical, as the manifest wants it.</param>
    public static KeptParts Keep(JsonObject existing, JsonObject rendered)
    {
        var template = (JsonObject)rendered.DeepClone();
        var atDeploy = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<PropertyChange>>(StringComparer.Ordinal);
        var leftAlone = ImmutableArray.CreateBuilder<LeftAlone>();
        foreach (var (logicalId, service) in CodeDeployServices(template).Where(service => IsCodeDeployService(Resource(existing, service.LogicalId))).ToArray())
        {
            KeepService(logicalId, service, existing, template, atDeploy, leftAlone);
            KeepListeners(existing, template, leftAlone);
        }

        return new KeptParts(template, atDeploy.ToImmutable(), leftAlone.ToImmutable());
    }

    /// <summary>
    /// What is sent. A listener that differs in nothing but the live group stays as the stack has it, so that CloudFormation does not
    /// touch it; one that differs in more is sent with the group that is live, which <paramref name="rendered"/> names.
    /// </summary>
    /// <param name="existing">Canonical, as the stack has it.</param>
    /// <param name="rendered">Canonical, with the target group that was live just before.</param>
    public static JsonObject ToSend(JsonObject existing, JsonObject rendered)
    {
        var template = Keep(existing, rendered).Template;
        foreach (var logicalId in ListenersOf(template).Where(logicalId => !CanonicalTemplate.Same(Resource(existing, logicalId), Resource(template, logicalId))).ToArray())
        {
            template["Resources"]![logicalId] = Resource(rendered, logicalId)!.DeepClone();
        }

        return template;
    }

    /// <summary>The listeners and rules whose target group CodeDeploy changes, by logical id.</summary>
    public static IEnumerable<string> ListenersOf(JsonObject template) =>
        CodeDeployServices(template).Any() ? Resources(template).Where(resource => ForwardsToTargetGroup(resource.Value)).Select(resource => resource.Key) : [];

    private static void KeepService(
        string logicalId,
        JsonObject service,
        JsonObject existing,
        JsonObject template,
        ImmutableSortedDictionary<string, ImmutableArray<PropertyChange>>.Builder atDeploy,
        ImmutableArray<LeftAlone>.Builder leftAlone)
    {
        var was = Properties(Resource(existing, logicalId)!);
        var properties = Properties(service);
        var differences = new List<PropertyChange>();
        var definition = Referred(properties["TaskDefinition"]);
        if (definition is not null && definition == Referred(was["TaskDefinition"]) && Resource(existing, definition) is { } first && Resource(template, definition) is { } wanted)
        {
            atDeploy[definition] = PropertyComparison.Compare(Properties(first), Properties(wanted));
            wanted["Properties"] = Properties(first).DeepClone();
            leftAlone.Add(new LeftAlone(definition, "the task definition", "each deployment registers its own revision; the stack keeps the first"));
        }

        foreach (var name in Deployed)
        {
            differences.AddRange(PropertyComparison.Compare(was[name], properties[name], PropertyPath.Root.Member(name)));
            Restore(properties, was, name);
        }

        atDeploy[logicalId] = [.. differences];
        if (ScaledBy(template, logicalId))
        {
            Restore(properties, was, "DesiredCount");
            leftAlone.Add(new LeftAlone(logicalId, "the number of tasks", "autoscaling decides between minimum and maximum"));
        }
    }

    /// <summary>Which group is live is CodeDeploy's; everything else of a listener (certificate, stickiness, port) is the template's.</summary>
    private static void KeepListeners(JsonObject existing, JsonObject template, ImmutableArray<LeftAlone>.Builder leftAlone)
    {
        foreach (var logicalId in ListenersOf(template).ToArray())
        {
            if (Resource(existing, logicalId) is not { } was || leftAlone.Any(part => part.LogicalId == logicalId))
            {
                continue;
            }

            foreach (var (before, after) in Forwards(was).Zip(Forwards(Resource(template, logicalId)!)))
            {
                Restore(after, before, "TargetGroupArn");
                Restore(Config(after), Config(before), "TargetGroups");
            }

            leftAlone.Add(new LeftAlone(logicalId, "the live weights", "deployments move them between the blue and the green target group"));
        }
    }

    private static IEnumerable<JsonObject> Forwards(JsonObject listener) =>
        (Properties(listener)[ActionsName(listener)] as JsonArray ?? []).OfType<JsonObject>().Where(action => action["Type"]?.ToString() == "forward");

    private static JsonObject Config(JsonObject forward) => forward["ForwardConfig"] as JsonObject ?? [];

    private static IEnumerable<(string LogicalId, JsonObject Service)> CodeDeployServices(JsonObject template) =>
        Resources(template).Where(resource => IsCodeDeployService(resource.Value)).Select(resource => (resource.Key, resource.Value));

    public static bool IsCodeDeployService(JsonObject? resource) =>
        resource is not null && TypeOf(resource) == Service && CanonicalTemplate.Member(Properties(resource)["DeploymentController"], "Type")?.ToString() == "CODE_DEPLOY";

    private static bool ForwardsToTargetGroup(JsonObject resource) =>
        TypeOf(resource) is Listener or ListenerRule
        && Properties(resource)[ActionsName(resource)] is JsonArray actions
        && actions.Any(action => CanonicalTemplate.Member(action, "Type")?.ToString() == "forward");

    private static string ActionsName(JsonObject listener) => TypeOf(listener) == Listener ? "DefaultActions" : "Actions";

    private static bool ScaledBy(JsonObject template, string service) => Resources(template)
        .Where(resource => TypeOf(resource.Value) == "AWS::ApplicationAutoScaling::ScalableTarget")
        .SelectMany(resource => TemplateReferences.Of(Properties(resource.Value)["ResourceId"]))
        .Any(reference => reference.To == service);

    private static string? Referred(JsonNode? value) => CanonicalTemplate.Member(value, "Ref")?.ToString();

    private static void Restore(JsonObject properties, JsonObject was, string name)
    {
        if (was[name] is { } value)
        {
            properties[name] = value.DeepClone();
        }
        else
        {
            properties.Remove(name);
        }
    }

    internal static IEnumerable<KeyValuePair<string, JsonObject>> Resources(JsonObject template) =>
        (template["Resources"] as JsonObject ?? []).Where(resource => resource.Value is JsonObject).Select(resource => KeyValuePair.Create(resource.Key, (JsonObject)resource.Value!));

    internal static JsonObject? Resource(JsonObject template, string logicalId) => (template["Resources"] as JsonObject)?[logicalId] as JsonObject;

    internal static string TypeOf(JsonObject resource) => resource["Type"]?.ToString() ?? "";

    internal static JsonObject Properties(JsonObject resource)
    {
        if (resource["Properties"] is not JsonObject properties)
        {
            resource["Properties"] = properties = [];
        }

        return properties;
    }
}
