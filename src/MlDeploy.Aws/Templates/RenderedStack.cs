using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Yaml;

namespace MlDeploy.Aws.Templates;

/// <summary>One stack as it is sent: a literal template without parameters and conditions.</summary>
/// <param name="Name">The stack's name.</param>
/// <param name="Template">CloudFormation in its long form (<c>Fn::GetAtt</c>); only references to resources and pseudo parameters are left.</param>
/// <param name="Tags">Of the stack, which CloudFormation gives to every resource that can have tags.</param>
/// <param name="Capabilities">What the caller must acknowledge, such as <c>CAPABILITY_IAM</c>.</param>
public sealed record RenderedStack(
    StackKind Kind, string Name, JsonObject Template, ImmutableSortedDictionary<string, string> Tags, ImmutableArray<string> Capabilities)
{
    /// <summary>The most that fits a request (AWS, "CloudFormation quotas"): beyond it a template must lie in a bucket.</summary>
    public const int LongestBody = 51_200;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>As people read it.</summary>
    public string ToYaml() => TemplateYamlWriter.Write(Template);

    /// <summary>As it is sent: a fifth shorter than YAML.</summary>
    public string ToJson() => Template.ToJsonString(Compact);
}
