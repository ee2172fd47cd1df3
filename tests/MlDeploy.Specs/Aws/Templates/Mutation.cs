using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Specs.Aws.Templates;

/// <param name="Path">Within the resource: `Properties/Cpu`.</param>
internal sealed record Mutation(string Kind, StackKind Stack, string LogicalId, string Path, string Change)
{
    public override string ToString() => $"{Kind}: {LogicalId} {Path}: {Change}";
}

/// <summary>Draws mistakes as people make them in a template; it knows CloudFormation's documentation, not the checks' own table.</summary>
internal sealed class Mutator(Random random)
{
    public static readonly string[] Kinds = ["type", "property", "enum", "reference", "pair", "name", "statistic"];

    /// <summary>Maps whose keys are the user's, or another language's.</summary>
    private static readonly string[] FreeKeys = ["Options", "InputPathsMap", "Condition", "EventPattern"];

    /// <summary>Properties that take one of some names, as the documentation of each type lists them.</summary>
    private static readonly string[] Enumerated =
    [
        "Type", "Scheme", "Protocol", "TargetType", "HealthCheckProtocol", "LaunchType", "NetworkMode", "LogDriver", "CpuArchitecture", "OperatingSystemFamily",
        "AssignPublicIp", "PolicyType", "PredefinedMetricType", "ServiceNamespace", "ScalableDimension", "ComparisonOperator", "TreatMissingData",
        "EvaluateLowSampleCountPercentile", "DeploymentType", "DeploymentOption", "ActionOnTimeout", "ComputePlatform", "SSEAlgorithm", "Status",
        "ObjectOwnership", "InstanceType", "DirectInternetAccess", "RootAccess", "PlatformIdentifier", "Mode", "ImageTagMutability", "EncryptionType",
        "VpcEndpointType", "StatusCode", "Effect", "Version", "Domain", "RetentionInDays", "DeletionPolicy",
    ];

    /// <summary>The longest name each service takes.</summary>
    private static readonly Dictionary<string, int> LongestNames = new(StringComparer.Ordinal)
    {
        ["Family"] = 255, ["ClusterName"] = 255, ["ServiceName"] = 255, ["ApplicationName"] = 100, ["DeploymentGroupName"] = 100, ["DeploymentConfigName"] = 100,
        ["TopicName"] = 256, ["AlarmName"] = 255, ["DashboardName"] = 255, ["RepositoryName"] = 256, ["NotebookInstanceName"] = 63, ["LogGroupName"] = 512, ["PolicyName"] = 256,
    };

    private static readonly string[] NoStatistics = ["Mean", "p101", "average", "Median", "Count", "P99", "Max"];

    /// <summary>One mistake of a kind, made in the template; null when it has no place for one.</summary>
    public Mutation? Make(string kind, StackKind stack, JsonObject template, ISet<string> spared)
    {
        var places = Leaves(template).Where(place => !spared.Contains(place.LogicalId) && Fits(kind, place)).ToList();
        if (places.Count == 0)
        {
            return null;
        }

        var place = places[random.Next(places.Count)];
        var change = kind switch
        {
            "type" => WrongType(place),
            "property" => Misspell(place),
            "enum" => Set(place, Other(place.Node)),
            "reference" => Misdirect(place),
            "pair" => Set(place, JsonValue.Create($"{(place.Key is "Cpu" ? 3 : 100) * random.Next(3, 90)}")),
            "name" => Set(place, JsonValue.Create(new string('n', Longest(place)!.Value + random.Next(1, 10)))),
            _ => Statistic(place),
        };
        return new Mutation(kind, stack, place.LogicalId, place.Path, change);
    }

    private static bool Fits(string kind, Place place) => kind switch
    {
        "type" => place is { IsFunction: false, InFunction: false, InFree: false } && place.Path.StartsWith("Properties/", StringComparison.Ordinal) && place.Node is not null,
        "property" => place is { IsFunction: false, InFunction: false, InFree: false } && !int.TryParse(place.Key, out _) && place.Path.StartsWith("Properties/", StringComparison.Ordinal),
        "enum" => place is { InFunction: false, InFree: false } && Enumerated.Contains(place.Key) && place.Node is JsonValue,
        "reference" => place.IsFunction && !place.InFunction && (place.Node!["Ref"] ?? place.Node["Fn::GetAtt"] ?? (place.Node["Fn::Sub"] is JsonValue sub && sub.GetValue<string>().Contains("${", StringComparison.Ordinal) ? sub : null)) is not null,
        "pair" => place.Type is "AWS::ECS::TaskDefinition" && place.Path is "Properties/Cpu" or "Properties/Memory",
        "name" => place is { InFunction: false, IsFunction: false } && place.Path.Split('/').Length == 2 && Longest(place) is not null,
        _ => (place.Key is "Stat" or "Statistic" or "ExtendedStatistic" && place.Node is JsonValue) || place.Key is "DashboardBody",
    };

    private static int? Longest(Place place) => place switch
    {
        { Key: "Name", Type: "AWS::ElasticLoadBalancingV2::LoadBalancer" or "AWS::ElasticLoadBalancingV2::TargetGroup" } => 32,
        { Key: "Name", Type: "AWS::Events::Rule" or "AWS::Scheduler::Schedule" } => 64,
        _ => LongestNames.TryGetValue(place.Key, out var longest) ? longest : null,
    };

    private string WrongType(Place place) => Set(place, place.Node switch
    {
        JsonObject or JsonArray => random.Next(2) == 0 ? JsonValue.Create("wrong") : JsonValue.Create(7),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => random.Next(2) == 0 ? new JsonObject { ["Value"] = "wrong" } : new JsonArray("wrong", "wronger"),
        _ => JsonValue.Create("many"),
    });

    private string Misspell(Place place)
    {
        var at = random.Next(1, place.Key.Length - 1);
        var misspelt = random.Next(3) switch
        {
            0 => place.Key.Remove(at, 1),
            1 => place.Key.Insert(at, place.Key[at..(at + 1)]),
            _ => char.ToLowerInvariant(place.Key[0]) + place.Key[1..],
        };
        if (misspelt == place.Key)
        {
            misspelt += "x";
        }

        var value = place.Node?.DeepClone();
        ((JsonObject)place.Parent).Remove(place.Key);
        ((JsonObject)place.Parent)[misspelt] = value;
        return $"renamed to {misspelt}";
    }

    private string Misdirect(Place place)
    {
        switch (place.Node)
        {
            case JsonObject map when map["Ref"] is { } target:
                map["Ref"] = $"{target}2";
                return $"Ref {target}2";
            case JsonObject map when map["Fn::GetAtt"] is JsonArray pair:
                pair[random.Next(2)] = "Nowhere";
                return $"GetAtt {pair.ToJsonString()}";
            default:
                var text = place.Node!["Fn::Sub"]!.GetValue<string>();
                place.Node["Fn::Sub"] = text.Insert(text.IndexOf("${", StringComparison.Ordinal) + 2, "Not");
                return "Sub of a misspelt variable";
        }
    }

    private string Statistic(Place place)
    {
        var wrong = NoStatistics[random.Next(NoStatistics.Length)];
        if (place.Key is not "DashboardBody")
        {
            return Set(place, JsonValue.Create(wrong));
        }

        var holder = place.Node is JsonObject { Count: 1 } function ? function : null;
        var text = (holder?["Fn::Sub"] ?? place.Node)!.GetValue<string>();
        var marks = System.Text.RegularExpressions.Regex.Matches(text, "\"stat\": \"([A-Za-z0-9]+)\"");
        var mark = marks[random.Next(marks.Count)].Groups[1];
        var changed = text[..mark.Index] + wrong + text[(mark.Index + mark.Length)..];
        if (holder is not null)
        {
            holder["Fn::Sub"] = changed;
        }
        else
        {
            Set(place, JsonValue.Create(changed));
        }

        return $"stat {wrong}";
    }

    private JsonNode Other(JsonNode? node) => JsonValue.Create(random.Next(3) switch
    {
        0 => $"{node}X",
        1 => $"{node}".Length > 3 ? $"{node}"[..^1] : $"{node}_",
        _ => "Whatever",
    });

    private static string Set(Place place, JsonNode value)
    {
        if (place.Parent is JsonArray list)
        {
            list[int.Parse(place.Key)] = value;
        }
        else
        {
            place.Parent[place.Key] = value;
        }

        return value.ToJsonString() is { Length: > 60 } text ? text[..60] : value.ToJsonString();
    }

    private static IEnumerable<Place> Leaves(JsonObject template) =>
        ((JsonObject)template["Resources"]!).SelectMany(resource => Walk(resource.Value!, resource.Key, $"{resource.Value!["Type"]}", "", false, false));

    private static IEnumerable<Place> Walk(JsonNode parent, string id, string type, string path, bool inFunction, bool inFree)
    {
        var children = parent is JsonObject map ? map.Select(entry => (entry.Key, entry.Value)) : ((JsonArray)parent).Select((item, at) => (Key: $"{at}", Value: item));
        foreach (var (key, node) in children.ToList())
        {
            var below = path.Length == 0 ? key : $"{path}/{key}";
            var isFunction = node is JsonObject { Count: 1 } single && single.First().Key is var name && (name is "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal));
            yield return new Place(parent, key, node, id, type, below, isFunction, inFunction, inFree);
            if (node is JsonObject or JsonArray)
            {
                foreach (var deeper in Walk(node, id, type, below, inFunction || isFunction, inFree || FreeKeys.Contains(key)))
                {
                    yield return deeper;
                }
            }
        }
    }

    private sealed record Place(JsonNode Parent, string Key, JsonNode? Node, string LogicalId, string Type, string Path, bool IsFunction, bool InFunction, bool InFree);
}
