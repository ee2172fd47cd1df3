using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Operations;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Api;

/// <summary>Reads what callers ask for, refusing what CloudFormation refuses.</summary>
internal sealed class StackRequests(TwinContext twin, SchemaLibrary schemas)
{
    private const int LargestBody = 51_200;
    private const int LargestObject = 1_000_000;

    public async Task<StackDefinition> DefinitionAsync(TwinRequest request, StackDefinition? previous, CancellationToken cancel)
    {
        var template = await TemplateAsync(request, previous?.Template, cancel);
        var given = request.Input.Texts("Capabilities").ToImmutableArray();
        if (template.NeededCapability() is { } needed && !given.Contains(needed) && !given.Contains("CAPABILITY_NAMED_IAM"))
        {
            throw new AwsError("InsufficientCapabilitiesException", $"Requires capabilities : [{needed}]");
        }

        var tags = request.Input["Tags"] is JsonArray list ? Tags(list) : previous?.Tags ?? Tags([]);
        return new StackDefinition(
            template,
            ParameterValues.Texts(template, request.Input.Objects("Parameters"), previous?.Parameters),
            tags,
            given,
            request.Input["NotificationARNs"] is JsonArray ? [.. request.Input.Texts("NotificationARNs")] : previous?.NotificationArns ?? [],
            request.Input.Text("RoleARN") ?? previous?.RoleArn);
    }

    public async Task<Template> TemplateAsync(TwinRequest request, Template? previous, CancellationToken cancel)
    {
        if (request.Input.Flag("UsePreviousTemplate") == true)
        {
            return previous ?? throw new AwsError("ValidationError", "There is no previous template to use");
        }

        var text = request.Input.Text("TemplateBody") ?? await FetchAsync(request, cancel);
        if (request.Input.Text("TemplateBody") is not null && Encoding.UTF8.GetByteCount(text) > LargestBody)
        {
            throw new AwsError("ValidationError",
                $"1 validation error detected: Value '{text[..200]}…' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {LargestBody}");
        }

        var template = Template.Parse(text);
        StackEvaluation.CheckTypes(template, schemas);
        return template;
    }

    public static string StackName(TwinRequest request)
    {
        var name = request.Input.Required("StackName");
        return name.StartsWith("arn:", StringComparison.Ordinal) || name.Length <= 128 && char.IsAsciiLetter(name[0]) && name.All(one => char.IsAsciiLetterOrDigit(one) || one == '-') ? name
            : throw new AwsError("ValidationError", $"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
    }

    public static OnFailure OnFailure(string? said, bool disableRollback) => said switch
    {
        _ when said is not null && disableRollback => throw new AwsError("ValidationError", "You can specify either DisableRollback or OnFailure, but not both."),
        null => disableRollback ? Operations.OnFailure.DoNothing : Operations.OnFailure.Rollback,
        "DO_NOTHING" => Operations.OnFailure.DoNothing,
        "ROLLBACK" => Operations.OnFailure.Rollback,
        "DELETE" => Operations.OnFailure.Delete,
        _ => throw new AwsError("ValidationError", $"1 validation error detected: Value '{said}' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]"),
    };

    private static ImmutableSortedDictionary<string, string> Tags(JsonArray list) => list.OfType<JsonObject>()
        .ToImmutableSortedDictionary(tag => tag.Required("Key"), tag => tag.Text("Value") ?? "", StringComparer.Ordinal);

    private async Task<string> FetchAsync(TwinRequest request, CancellationToken cancel)
    {
        var url = request.Input.Text("TemplateURL") ?? throw new AwsError("ValidationError", "Either Template URL or Template Body must be specified.");
        using var call = twin.Caller("cloudformation", request.Region);
        var path = new Uri(url).AbsolutePath;
        var host = new Uri(url).Host;
        var bucket = host.Contains(".s3", StringComparison.Ordinal) ? $"/{host[..host.IndexOf(".s3", StringComparison.Ordinal)]}" : "";
        var text = await call.S3Async(HttpMethod.Get, bucket + path, null, cancel);
        return text.Length <= LargestObject ? text : throw new AwsError("ValidationError", $"Template may not exceed {LargestObject} bytes in size.");
    }
}
