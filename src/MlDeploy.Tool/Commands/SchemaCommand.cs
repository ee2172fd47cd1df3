using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy schema`</summary>
internal static class SchemaCommand
{
    public static ToolCommand Create() =>
        new(Groups.Describe, "schema", "Print the JSON Schema of the manifest, for editors.", (_, context) =>
        {
            context.Results.Text.Write(JsonSchema.Text());
            return Task.FromResult(ExitCode.Done);
        })
        {
            Examples = ["mldeploy schema > mlapp.schema.json"],
        };
}
