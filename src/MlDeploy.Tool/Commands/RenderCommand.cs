using System.CommandLine;
using System.Text.Json.Nodes;
using MlDeploy.Aws;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.OnAws;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy render`</summary>
internal static class RenderCommand
{
    private static readonly Option<string?> Out = new("--out") { Description = "Write one file a stack into this folder instead of printing.", HelpName = "DIR" };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Describe, "render", "Print the CloudFormation templates that would be sent; needs no credentials.", RunAsync)
        {
            AnyTarget = true,
            Examples = ["mldeploy render -t aws", "mldeploy render -t aws --env production --out stacks"],
        }.With([.. options.Manifest, Out]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        if (parse.GetValue(context.Options.Target) is not AwsTarget.Name)
        {
            throw new ExpectedException(ExitCode.Usage, "the target local has no templates to render", "use `--target aws`");
        }

        var read = await ManifestFile.ReadAsync(parse, context);
        var manifest = read.Manifest ?? throw new ManifestRejectedException(read.Problems);
        var stacks = await AwsTemplates.RenderAsync(manifest, read.Origins, RenderFacts.None, context);
        if (parse.GetValue(Out) is { } folder)
        {
            foreach (var file in RenderedFolder.Write(Path.GetFullPath(folder, context.Surroundings.WorkingDirectory), stacks, context.Surroundings.Random))
            {
                context.Surroundings.Messages.WriteLine($"wrote {file}");
            }
        }
        else
        {
            context.Results.Text.Write(context.Results.Format == OutputFormat.Json ? Json(manifest, stacks) : RenderedText.Documents(stacks));
        }

        return ExitCode.Done;
    }

    private static string Json(AppManifest manifest, IEnumerable<RenderedStack> stacks) => new JsonObject
    {
        ["schema"] = "mldeploy/render/v1",
        ["application"] = manifest.Name,
        ["stacks"] = new JsonArray([.. stacks.Select(stack => (JsonNode)new JsonObject
        {
            ["name"] = stack.Name,
            ["tags"] = new JsonObject([.. stack.Tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value))]),
            ["capabilities"] = new JsonArray([.. stack.Capabilities.Select(capability => (JsonNode)capability)]),
            ["template"] = stack.Template.DeepClone(),
        })]),
    }.ToJsonString(new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
}
