using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Templates.Application;

/// <summary>
/// The task definition of a deployment: what the template has, with everything that CloudFormation would resolve taken from the
/// stack's outputs. Rendered anew for each deployment, so that changed environment, resources, secrets and overrides apply.
/// </summary>
public static class TaskDefinitionRequest
{
    /// <summary>What a resource's reference comes to, by output.</summary>
    private static readonly Dictionary<(string LogicalId, string? Attribute), string> OutputsOf = new()
    {
        [(LogicalIds.ExecutionRole, "Arn")] = StackOutputs.ExecutionRoleArn,
        [(LogicalIds.TaskRole, "Arn")] = StackOutputs.TaskRoleArn,
        [("LogGroup", null)] = StackOutputs.LogGroup,
        [("Topic", null)] = StackOutputs.TopicArn,
    };

    /// <param name="stack">The application's, rendered with the image to deploy.</param>
    /// <param name="outputs">Of the deployed stack.</param>
    /// <param name="facts">With region, account and partition.</param>
    /// <returns>The properties in CloudFormation's spelling (RegisterTaskDefinition's in upper case); literals only.</returns>
    /// <exception cref="ExpectedException">Exit 3: an override refers to something that no output tells.</exception>
    public static JsonObject Of(RenderedStack stack, IReadOnlyDictionary<string, string> outputs, RenderFacts facts)
    {
        var properties = stack.Template["Resources"].At(LogicalIds.TaskDefinition).At("Properties") as JsonObject
            ?? throw new ArgumentException($"stack {stack.Name} has no task definition", nameof(stack));
        return (JsonObject)Resolve(properties, (id, attribute) => Known(id, attribute, outputs, facts))!;
    }

    private static string Known(string id, string? attribute, IReadOnlyDictionary<string, string> outputs, RenderFacts facts)
    {
        var known = id switch
        {
            "AWS::Region" => facts.Region,
            "AWS::AccountId" => facts.Account,
            "AWS::Partition" => facts.Partition,
            _ => OutputsOf.TryGetValue((id, attribute), out var output) ? outputs.GetValueOrDefault(output) : null,
        };
        return known ?? throw new ExpectedException(
            ExitCode.Usage,
            $"the task definition refers to {id}{(attribute is null ? "" : $".{attribute}")}, which is not known when a version is deployed",
            $"write its value in targets.aws.overrides.{LogicalIds.TaskDefinition}, or refer to {string.Join(", ", OutputsOf.Keys.Select(key => key.LogicalId))}");
    }

    private static JsonNode? Resolve(JsonNode? node, Func<string, string?, string> known)
    {
        if (Intrinsics.Is(node, out var function, out var argument))
        {
            return Function(function, argument, known);
        }

        return node switch
        {
            JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Resolve(entry.Value, known)))),
            JsonArray list => new JsonArray([.. list.Select(item => Resolve(item, known))]),
            _ => node?.DeepClone(),
        };
    }

    private static JsonNode? Function(string function, JsonNode? argument, Func<string, string?, string> known) => function switch
    {
        Intrinsics.Ref => JsonValue.Create(known(Intrinsics.Text(argument) ?? "", null)),
        Intrinsics.GetAtt when argument is JsonArray { Count: 2 } pair => JsonValue.Create(known(Intrinsics.Text(pair[0]) ?? "", Intrinsics.Text(pair[1]))),
        Intrinsics.Sub => Substitution.Fold(argument, inner => Resolve(inner, known), name => (true, JsonValue.Create(Variable(name, known)))),
        _ => LiteralFunctions.Fold(function, Resolve(argument, known)),
    };

    private static string Variable(string name, Func<string, string?, string> known) =>
        name.StartsWith("AWS::", StringComparison.Ordinal) || name.Split('.', 2) is not [var id, var attribute] ? known(name, null) : known(id, attribute);
}
