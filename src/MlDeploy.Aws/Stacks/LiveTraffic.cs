using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Clients.ElasticLoadBalancing;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Stacks;

/// <summary>Where the production listener sends requests now.</summary>
/// <param name="Live">The group with the larger weight; null when the listener sends to neither of the two.</param>
/// <param name="GreenShare">Share of traffic to the green group, 0–1.</param>
public sealed record LiveTraffic(LiveTargetGroup? Live, double GreenShare)
{
    /// <summary>Both groups get traffic: a deployment is under way.</summary>
    public bool IsMoving => GreenShare is > 0 and < 1;

    /// <returns>Null when the stack does not say where its listener is.</returns>
    public static async Task<LiveTraffic?> ReadAsync(ElasticLoadBalancingClient balancing, Stack application, CancellationToken stop)
    {
        string? Output(string name) => application.Outputs.FirstOrDefault(output => output.OutputKey == name)?.OutputValue;
        if (Output(StackOutputs.ProductionListenerArn) is not { } arn || Output(StackOutputs.BlueTargetGroupArn) is not { } blue || Output(StackOutputs.GreenTargetGroupArn) is not { } green)
        {
            return null;
        }

        try
        {
            var listener = (await balancing.DescribeListenersAsync(new DescribeListenersRequest { ListenerArns = [arn] }, stop)).Listeners.FirstOrDefault();
            return listener is null ? null : Of(listener, blue, green);
        }
        catch (AwsServiceException gone) when (gone.Kind == AwsFailureKind.NotFound)
        {
            return null;
        }
    }

    internal static LiveTraffic Of(Listener listener, string blue, string green)
    {
        var forward = listener.DefaultActions.FirstOrDefault(action => action.Type == "forward");
        double Weight(string group) => forward?.ForwardConfig is { TargetGroups: { IsEmpty: false } groups }
            ? groups.Where(tuple => tuple.TargetGroupArn == group).Sum(tuple => tuple.Weight ?? 1)
            : forward?.TargetGroupArn == group ? 1 : 0;
        var (onBlue, onGreen) = (Weight(blue), Weight(green));
        return onBlue + onGreen == 0
            ? new LiveTraffic(null, 0)
            : new LiveTraffic(onGreen > onBlue ? LiveTargetGroup.Green : LiveTargetGroup.Blue, onGreen / (onBlue + onGreen));
    }
}
