using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Deploying.Versions;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>
/// What the next deployment changes: the task definition that serves against the one that `deploy` would register. The stack's own
/// says little after the first deployment: it stays as it was first created.
/// </summary>
public static class RunningTaskDefinition
{
    /// <summary>What ECS adds, and what `deploy` changes each time: families alternate, tags name version and holder.</summary>
    private static readonly string[] NotCompared =
        ["TaskDefinitionArn", "Revision", "Status", "RequiresAttributes", "Compatibilities", "RegisteredAt", "RegisteredBy", "DeregisteredAt", "Family", "Tags"];

    /// <summary>Maps whose keys are somebody's own names.</summary>
    private static readonly HashSet<string> OwnKeys = new(StringComparer.Ordinal) { "options", "dockerLabels", "driverOpts", "labels" };

    /// <summary>What ECS tells although nobody said it (ECS API reference, "ContainerDefinition").</summary>
    private static readonly Dictionary<string, string> Defaults = new(StringComparer.Ordinal)
    {
        ["Essential"] = "true", ["Protocol"] = "tcp", ["Cpu"] = "0", ["EnableFaultInjection"] = "false", ["ReadonlyRootFilesystem"] = "false", ["Privileged"] = "false",
    };

    /// <param name="running">As DescribeTaskDefinition tells it.</param>
    /// <param name="wanted">As RegisterTaskDefinition would be sent it, its family being the application's name.</param>
    /// <param name="image">False when the image to deploy is known by its tag only: then labels are compared instead.</param>
    /// <param name="runningLabel">The version's label; null on what no deployment made.</param>
    public static ImmutableArray<PropertyChange> Compare(JsonObject running, JsonObject wanted, bool image, string? runningLabel, string wantedLabel)
    {
        var application = $"{wanted["family"]}";
        var (before, after) = (Comparable(running, image, application), Comparable(wanted, image, application));
        ImmutableArray<PropertyChange> label = image || runningLabel is null || runningLabel == wantedLabel ? [] : [new(PropertyPath.Root.Member("version"), runningLabel, wantedLabel)];
        return [.. label, .. PropertyComparison.Compare(before, after)];
    }

    private static JsonObject Comparable(JsonObject definition, bool image, string application)
    {
        var comparable = (JsonObject)Spelled(definition)!;
        foreach (var name in NotCompared)
        {
            comparable.Remove(name);
        }

        foreach (var container in (comparable["ContainerDefinitions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (!image)
            {
                container.Remove("Image");
            }

            // Streams are named after the version, which is told by itself.
            if (container["LogConfiguration"]?["Options"] is JsonObject options && options[LogStreams.PrefixOption]?.ToString() is { } prefix)
            {
                options[LogStreams.PrefixOption] = LogStreams.WithoutVersion(prefix, application);
            }

            foreach (var mapping in (container["PortMappings"] as JsonArray ?? []).OfType<JsonObject>().Where(mapping => mapping["HostPort"]?.ToString() is { } host && host == mapping["ContainerPort"]?.ToString()))
            {
                mapping.Remove("HostPort");
            }
        }

        return comparable;
    }

    /// <summary>In CloudFormation's spelling, as the rest of a plan is; without what is empty or a default.</summary>
    private static JsonNode? Spelled(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members
            .Select(member => KeyValuePair.Create($"{char.ToUpperInvariant(member.Key[0])}{member.Key[1..]}", OwnKeys.Contains(member.Key) ? member.Value?.DeepClone() : Spelled(member.Value)))
            .Where(member => member.Value is not null && !(Defaults.TryGetValue(member.Key, out var usual) && member.Value is JsonValue scalar && scalar.ToString() == usual))),
        JsonArray { Count: 0 } => null,
        JsonArray items => new JsonArray([.. items.Select(Spelled)]),
        _ => node?.DeepClone(),
    };
}
