namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy schema`</summary>
internal static class SchemaCommand
{
    public static ToolCommand Create() =>
        new(Groups.Describe, "schema", "Print the JSON Schema of the manifest, for editors.")
        {
            Examples = ["mldeploy schema > mlapp.schema.json"],
        };
}
