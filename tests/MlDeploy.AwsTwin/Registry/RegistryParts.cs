using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Registry;

/// <summary>The registry as the twin takes it in.</summary>
internal static class RegistryParts
{
    public static IEnumerable<object> All(TwinContext context)
    {
        var tokens = new RegistryTokens(context);
        return [tokens, new RegistryRoute(tokens, context)];
    }
}
