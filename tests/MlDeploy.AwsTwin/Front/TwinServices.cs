using MlDeploy.AwsTwin.CloudFormation;
using MlDeploy.AwsTwin.CodeDeploy;
using MlDeploy.AwsTwin.Events;
using MlDeploy.AwsTwin.Notifications;
using MlDeploy.AwsTwin.Registry;
using MlDeploy.AwsTwin.SageMaker;
using MlDeploy.AwsTwin.Scheduling;

namespace MlDeploy.AwsTwin.Front;

/// <summary>Everything the twin answers itself. A service that must be disposed of implements IAsyncDisposable.</summary>
internal static class TwinServices
{
    public static IReadOnlyList<object> All(TwinContext context)
    {
        var plane = new Plane(context);
        return
        [
            .. plane.Parts,
            .. RegistryParts.All(context),
            new EventsService(plane.Events),
            new SnsService(context),
            new CodeDeployService(context, plane),
            new SageMakerService(context),
            new SchedulerService(context),
            new CloudFormationService(context),
        ];
    }
}
