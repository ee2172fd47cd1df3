using MlDeploy.Aws.Templates.Checking;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>What replaces a resource, from the table of resource types.</summary>
public static class SchemaTable
{
    /// <returns>Null for a type whose properties the table does not have.</returns>
    public static CreateOnlyProperties? CreateOnly(string type) =>
        ResourceSchemas.All.Find(type) is { } schema ? new CreateOnlyProperties(schema.CreateOnly, schema.MaybeCreateOnly) : null;
}
