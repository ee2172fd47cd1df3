using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Templates;

/// <summary>Where an expression's names get their values.</summary>
/// <param name="Resource">A resource's physical id (attribute null) or attribute; <see cref="Intrinsics.KnownAfterApply"/> when it is not made yet.</param>
internal sealed record Surroundings(
    Template Template,
    ImmutableSortedDictionary<string, JsonNode> Parameters,
    string Region,
    string StackName,
    string StackId,
    ImmutableArray<string> NotificationArns,
    Func<string, string?, JsonNode> Resource,
    Func<string, string> Import);

/// <summary>CloudFormation's functions. A value that must not be set (`AWS::NoValue`) is null.</summary>
internal sealed class Intrinsics(Surroundings surroundings)
{
    /// <summary>What a change set shows for values that only exist once it was executed.</summary>
    public const string KnownAfterApply = "{{changeSet:KNOWN_AFTER_APPLY}}";

    public static readonly ImmutableHashSet<string> Names =
    [
        "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::If", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not",
        "Fn::FindInMap", "Fn::Base64", "Fn::GetAZs", "Fn::Cidr", "Fn::ImportValue",
    ];

    public static readonly ImmutableHashSet<string> PseudoParameters =
    [
        "AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::StackId", "AWS::StackName", "AWS::URLSuffix",
    ];

    private readonly Dictionary<string, bool> decided = [];

    public bool Condition(string name)
    {
        if (decided.TryGetValue(name, out var known))
        {
            return known;
        }

        var body = surroundings.Template.Conditions[name] ?? throw Wrong($"unresolved condition dependency {name}");
        return decided[name] = Truth(body);
    }

    /// <returns>A new tree; null for `AWS::NoValue`.</returns>
    public JsonNode? Evaluate(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } call when call.First() is var (name, argument) && (name is "Ref" or "Condition" && argument is JsonValue || name.StartsWith("Fn::", StringComparison.Ordinal)):
                return Call(name, argument!);
            case JsonObject fields:
                return new JsonObject(fields.Select(field => KeyValuePair.Create(field.Key, Evaluate(field.Value))).Where(field => field.Value is not null));
            case JsonArray items:
                return new JsonArray([.. items.Select(Evaluate).Where(item => item is not null)]);
            default:
                return node?.DeepClone();
        }
    }

    public string Text(JsonNode? node) => Evaluate(node) is JsonValue value ? InputReading.Plain(value) : throw Wrong("a string is expected, found " + (node?.ToJsonString() ?? "nothing"));

    private JsonNode? Call(string name, JsonNode argument) => name switch
    {
        "Ref" => Ref(argument.GetValue<string>()),
        "Condition" => JsonValue.Create(Condition(argument.GetValue<string>())),
        "Fn::GetAtt" => GetAtt(argument),
        "Fn::Sub" => Sub(argument),
        "Fn::Join" => Join(argument),
        "Fn::Select" => Select(argument),
        "Fn::Split" => Split(argument),
        "Fn::If" => If(argument),
        "Fn::Equals" or "Fn::And" or "Fn::Or" or "Fn::Not" => JsonValue.Create(Truth(new JsonObject { [name] = argument.DeepClone() })),
        "Fn::FindInMap" => FindInMap(argument),
        "Fn::Base64" => Whole(Text(argument), text => JsonValue.Create(Convert.ToBase64String(Encoding.UTF8.GetBytes(text)))),
        "Fn::GetAZs" => Zones(Text(argument)),
        "Fn::Cidr" => Cidr(argument),
        "Fn::ImportValue" => JsonValue.Create(surroundings.Import(Text(argument))),
        _ => throw Wrong($"{name} is not supported"),
    };

    private JsonNode? Ref(string name) => name switch
    {
        "AWS::NoValue" => null,
        "AWS::AccountId" => JsonValue.Create(TwinAccount.Id),
        "AWS::Region" => JsonValue.Create(surroundings.Region),
        "AWS::Partition" => JsonValue.Create(TwinAccount.Partition),
        "AWS::StackName" => JsonValue.Create(surroundings.StackName),
        "AWS::StackId" => JsonValue.Create(surroundings.StackId),
        "AWS::URLSuffix" => JsonValue.Create("amazonaws.com"),
        "AWS::NotificationARNs" => new JsonArray([.. surroundings.NotificationArns.Select(arn => (JsonNode?)arn)]),
        _ when surroundings.Parameters.TryGetValue(name, out var value) => value.DeepClone(),
        _ => surroundings.Resource(name, null).DeepClone(),
    };

    private JsonNode GetAtt(JsonNode argument)
    {
        var (resource, attribute) = argument is JsonArray { Count: 2 } pair && pair[1] is JsonObject ? (pair[0]!.GetValue<string>(), Text(pair[1])) : References.GetAttTarget(argument);
        return surroundings.Resource(resource, attribute).DeepClone();
    }

    private JsonNode Sub(JsonNode argument)
    {
        var (text, variables) = argument switch
        {
            JsonArray { Count: 2 } pair when pair[1] is JsonObject given => (pair[0]!.GetValue<string>(), given),
            JsonValue value => (InputReading.Plain(value), []),
            _ => throw Wrong("One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string"),
        };
        var whole = References.Placeholder().Replace(text, match => match.Groups[1].Value switch
        {
            ['!', .. var literal] => $"${{{literal}}}",
            var name when variables.ContainsKey(name) => Text(variables[name]),
            var name when name.Split('.', 2) is [var resource, var attribute] => Text(new JsonObject { ["Fn::GetAtt"] = new JsonArray(resource, attribute) }),
            var name => Ref(name) is JsonValue value ? InputReading.Plain(value) : throw Wrong($"variable {name} in Fn::Sub expression does not resolve to a string"),
        });
        return Whole(whole, text => JsonValue.Create(text));
    }

    private JsonNode Join(JsonNode argument)
    {
        if (argument is not JsonArray { Count: 2 } pair || Evaluate(pair[1]) is not { } list)
        {
            throw Wrong("every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined");
        }

        return list is JsonArray items
            ? Whole(string.Join(pair[0]!.GetValue<string>(), items.Select(item => item is JsonValue value ? InputReading.Plain(value) : throw Wrong("every Fn::Join list must be of strings"))), text => JsonValue.Create(text))
            : IsLater(list) ? JsonValue.Create(KnownAfterApply) : throw Wrong("Fn::Join joins a list");
    }

    private JsonNode Select(JsonNode argument)
    {
        if (argument is not JsonArray { Count: 2 } pair)
        {
            throw Wrong("every Fn::Select object requires two non-empty parameters, the first an integer index and the second a list");
        }

        var list = Evaluate(pair[1]);
        if (IsLater(list))
        {
            return JsonValue.Create(KnownAfterApply);
        }

        var index = int.Parse(Text(pair[0]), CultureInfo.InvariantCulture);
        return list is JsonArray items && index >= 0 && index < items.Count ? items[index]!.DeepClone() : throw Wrong($"Fn::Select cannot select nonexistent value at index {index}");
    }

    private JsonNode Split(JsonNode argument)
    {
        var pair = argument as JsonArray is { Count: 2 } list ? list : throw Wrong("every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split");
        var text = Text(pair[1]);
        return text == KnownAfterApply ? JsonValue.Create(KnownAfterApply) : new JsonArray([.. text.Split(pair[0]!.GetValue<string>()).Select(part => (JsonNode?)part)]);
    }

    private JsonNode? If(JsonNode argument) => argument is JsonArray { Count: 3 } parts
        ? Evaluate(Condition(parts[0]!.GetValue<string>()) ? parts[1] : parts[2])
        : throw Wrong("Fn::If requires a list argument with three elements");

    private bool Truth(JsonNode node)
    {
        if (node is not JsonObject { Count: 1 } call)
        {
            throw Wrong("every Condition member must be a function");
        }

        var (name, argument) = call.First();
        var parts = argument as JsonArray;
        return name switch
        {
            "Condition" => Condition(argument!.GetValue<string>()),
            "Fn::Equals" when parts is { Count: 2 } => JsonNode.DeepEquals(Textual(Evaluate(parts[0])), Textual(Evaluate(parts[1]))),
            "Fn::And" when parts is { Count: >= 2 and <= 10 } => parts.All(part => Truth(part!)),
            "Fn::Or" when parts is { Count: >= 2 and <= 10 } => parts.Any(part => Truth(part!)),
            "Fn::Not" when parts is { Count: 1 } => !Truth(parts[0]!),
            _ => throw Wrong($"{name} in a condition does not have the arguments it needs"),
        };
    }

    private JsonNode FindInMap(JsonNode argument)
    {
        var parts = argument as JsonArray is { Count: 3 } list ? list : throw Wrong("every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value");
        var (map, key, attribute) = (Text(parts[0]), Text(parts[1]), Text(parts[2]));
        return surroundings.Template.Mappings[map]?[key]?[attribute]?.DeepClone() ?? throw Wrong($"Unable to get mapping for {map}::{key}::{attribute}");
    }

    private JsonArray Zones(string region)
    {
        var name = region.Length == 0 ? surroundings.Region : region;
        return new JsonArray($"{name}a", $"{name}b", $"{name}c");
    }

    private JsonNode Cidr(JsonNode argument)
    {
        var parts = argument as JsonArray is { Count: 2 or 3 } list ? list : throw Wrong("Fn::Cidr requires an address block, a count and the number of subnet bits");
        var block = Text(parts[0]);
        if (block == KnownAfterApply)
        {
            return JsonValue.Create(KnownAfterApply);
        }

        var count = int.Parse(Text(parts[1]), CultureInfo.InvariantCulture);
        var bits = parts.Count == 3 ? int.Parse(Text(parts[2]), CultureInfo.InvariantCulture) : 8;
        var network = IPNetwork.Parse(block);
        var start = BitConverter.ToUInt32([.. network.BaseAddress.GetAddressBytes().Reverse()]);
        if (32 - bits < network.PrefixLength || count > 1 << (32 - bits - network.PrefixLength))
        {
            throw Wrong($"Fn::Cidr cannot divide {block} into {count} blocks of {bits} bits");
        }

        return new JsonArray([.. Enumerable.Range(0, count).Select(i => (JsonNode?)$"{new IPAddress([.. BitConverter.GetBytes(start + ((uint)i << bits)).Reverse()])}/{32 - bits}")]);
    }

    /// <summary>CloudFormation compares strings: 1 equals "1", true equals "true".</summary>
    private static JsonNode? Textual(JsonNode? node) => node is JsonValue value ? JsonValue.Create(InputReading.Plain(value)) : node;

    private static bool IsLater(JsonNode? node) => node is JsonValue value && InputReading.Plain(value) == KnownAfterApply;

    /// <summary>A text with a part that is not known yet is not known as a whole.</summary>
    private static JsonNode Whole(string text, Func<string, JsonNode?> make) =>
        text.Contains(KnownAfterApply, StringComparison.Ordinal) ? JsonValue.Create(KnownAfterApply) : make(text)!;

    private static AwsError Wrong(string message) => new("ValidationError", $"Template error: {message}");
}
