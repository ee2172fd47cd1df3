using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Aws.Templates.Yaml;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Stacks;

/// <summary>A stack as it is: DescribeStacks and GetTemplate, which a role that may only read can call.</summary>
public static class StackReader
{
    /// <returns>Null when there is no such stack, or one that holds nothing (REVIEW_IN_PROGRESS).</returns>
    /// <exception cref="ExpectedException">Its template cannot be read.</exception>
    public static async Task<ExistingStack?> ReadAsync(CloudFormationClient cloudFormation, string name, CancellationToken stop)
    {
        var stack = await cloudFormation.FindStackAsync(name, stop);
        return stack is null or { StackStatus: "REVIEW_IN_PROGRESS" or "DELETE_COMPLETE" } ? null : await ReadAsync(cloudFormation, stack, stop);
    }

    public static async Task<ExistingStack> ReadAsync(CloudFormationClient cloudFormation, Stack stack, CancellationToken stop)
    {
        var template = await cloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack.StackId ?? stack.StackName, TemplateStage = "Original" }, stop);
        return new ExistingStack(
            Literal(template.TemplateBody ?? "{}", stack),
            stack.Tags.ToImmutableSortedDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal),
            stack.StackStatus);
    }

    /// <summary>Parameters and conditions replaced by what they came to, as in what we send: a stack of others may have them.</summary>
    /// <param name="text">JSON or YAML, with functions in either form.</param>
    private static JsonObject Literal(string text, Stack stack)
    {
        try
        {
            var template = TemplateYamlReader.Read(text);
            var values = stack.Parameters.Where(parameter => parameter.ParameterKey is not null).ToDictionary(parameter => parameter.ParameterKey!, parameter => parameter.ResolvedValue ?? parameter.ParameterValue, StringComparer.Ordinal);
            return TemplateFolder.Fold(template, name => Value(template, name, values.GetValueOrDefault(name)), _ => null);
        }
        catch (Exception unreadable) when (unreadable is TemplateSyntaxException or FoldingException)
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, $"the template that stack {stack.StackName} was made from cannot be read: {unreadable.Message}",
                "this stack was not made by mldeploy: delete it, or name the application otherwise", unreadable);
        }
    }

    /// <summary>CloudFormation tells lists as text.</summary>
    private static JsonNode? Value(JsonObject template, string name, string? value) => value is null
        ? null
        : template["Parameters"]?[name]?["Type"]?.ToString() is { } type && (type.StartsWith("List<", StringComparison.Ordinal) || type == "CommaDelimitedList")
            ? new JsonArray([.. value.Split(',').Select(item => (JsonNode)item.Trim())])
            : value;
}
