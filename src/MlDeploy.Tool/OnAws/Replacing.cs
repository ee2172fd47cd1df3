using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Tool.OnAws;

/// <summary>Which properties replace their resource, from the table of resource types.</summary>
internal static class Replacing
{
    public static CreateOnlyProperties? Schemas(string type) => null;
}
