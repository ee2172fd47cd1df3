using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Templates;

/// <summary>A template that is well formed: known sections, every reference pointing at something, no cycle.</summary>
internal sealed record Template
{
    private static readonly string[] Sections =
        ["AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Transform", "Hooks", "Resources", "Outputs"];

    public required string Text { get; init; }

    public required JsonObject Root { get; init; }

    public required ImmutableSortedDictionary<string, ResourceDeclaration> Resources { get; init; }

    public string? Description => Root.Text("Description");

    public JsonObject Parameters => Root.Object("Parameters");

    public JsonObject Mappings => Root.Object("Mappings");

    public JsonObject Conditions => Root.Object("Conditions");

    public JsonObject Outputs => Root.Object("Outputs");

    /// <exception cref="AwsError">`ValidationError` in CloudFormation's words.</exception>
    public static Template Parse(string text)
    {
        var root = TemplateReader.Read(text);
        var unknown = root.Select(section => section.Key).Except(Sections).ToList();
        if (unknown.Count > 0)
        {
            throw new AwsError("ValidationError", $"Invalid template property or properties [{string.Join(", ", unknown)}]");
        }

        if (root["Transform"] is not null)
        {
            throw new AwsError("ValidationError", "Transforms are not something the twin can run: send the processed template");
        }

        if (root[nameof(Resources)] is not JsonObject { Count: > 0 } resources)
        {
            throw new AwsError("ValidationError", "Template format error: At least one Resources member must be defined.");
        }

        if (NullAt(root, "") is { } path)
        {
            throw new AwsError("ValidationError", $"[{path}] 'null' values are not allowed in templates");
        }

        var template = new Template
        {
            Text = text,
            Root = root,
            Resources = resources.ToImmutableSortedDictionary(pair => pair.Key, pair => ResourceDeclaration.Parse(pair.Key, pair.Value), StringComparer.Ordinal),
        };
        TemplateChecks.Check(template);
        return template;
    }

    /// <summary>`CAPABILITY_NAMED_IAM` or `CAPABILITY_IAM` when the template makes what needs them.</summary>
    public string? NeededCapability()
    {
        var iam = Resources.Values.Where(resource => resource.Type is "AWS::IAM::Role" or "AWS::IAM::Policy" or "AWS::IAM::ManagedPolicy" or "AWS::IAM::User" or "AWS::IAM::Group" or "AWS::IAM::InstanceProfile").ToList();
        return iam.Count == 0 ? null
            : iam.Any(resource => resource.Properties.Any(property => property.Key is "RoleName" or "ManagedPolicyName" or "UserName" or "GroupName" or "InstanceProfileName")) ? "CAPABILITY_NAMED_IAM"
            : "CAPABILITY_IAM";
    }

    private static string? NullAt(JsonNode? node, string path) => node switch
    {
        null => path,
        JsonObject fields => fields.Select(field => NullAt(field.Value, $"{path}/{field.Key}")).FirstOrDefault(found => found is not null),
        JsonArray items => items.Select((item, at) => NullAt(item, $"{path}/{at}")).FirstOrDefault(found => found is not null),
        _ => null,
    };
}

/// <summary>One entry of `Resources`.</summary>
internal sealed record ResourceDeclaration(
    string LogicalId, string Type, JsonObject Properties, string? Condition, ImmutableArray<string> DependsOn, string DeletionPolicy, string UpdateReplacePolicy, JsonObject? Metadata)
{
    private static readonly string[] Attributes =
        ["Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata", "CreationPolicy", "UpdatePolicy"];

    private static readonly string[] Policies = ["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"];

    public static ResourceDeclaration Parse(string logicalId, JsonNode? node)
    {
        if (node is not JsonObject fields || fields.Text("Type") is not { } type)
        {
            throw new AwsError("ValidationError", $"Template format error: [/Resources/{logicalId}] Every Resources object must contain a Type member.");
        }

        if (!logicalId.All(char.IsAsciiLetterOrDigit))
        {
            throw new AwsError("ValidationError", $"Template format error: Resource name {logicalId} is non alphanumeric.");
        }

        if (fields.Select(field => field.Key).Except(Attributes).FirstOrDefault() is { } unknown)
        {
            throw new AwsError("ValidationError", $"Invalid template resource property '{unknown}'");
        }

        ImmutableArray<string> dependsOn = fields[nameof(DependsOn)] switch
        {
            null => [],
            JsonArray list => [.. list.Select(item => item!.GetValue<string>())],
            var one => [one.GetValue<string>()],
        };
        return new ResourceDeclaration(logicalId, type, fields.Object("Properties"), fields.Text("Condition"), dependsOn,
            Policy(fields, logicalId, "DeletionPolicy"), Policy(fields, logicalId, "UpdateReplacePolicy"), fields[nameof(Metadata)] as JsonObject);
    }

    private static string Policy(JsonObject fields, string logicalId, string name)
    {
        var policy = fields.Text(name) ?? "Delete";
        return Policies.Contains(policy) ? policy
            : throw new AwsError("ValidationError", $"Template error: every {name} member must be one of [{string.Join(", ", Policies)}]; {logicalId} has {policy}");
    }
}
