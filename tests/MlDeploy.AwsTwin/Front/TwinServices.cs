using MlDeploy.AwsTwin.CloudFormation;
using MlDeploy.AwsTwin.Registry;

namespace MlDeploy.AwsTwin.Front;

/// <summary>Everything the twin answers itself. A service that must be disposed of implements IAsyncDisposable.</summary>
internal static class TwinServices
{
    public static IReadOnlyList<object> All(TwinContext context) =>
    [
        .. RegistryParts.All(context),
        new CloudFormationService(context),
        .. new Plane(context).Parts,
    ];
}
