using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.CodeDeploy;

/// <summary>AWS CodeDeploy for Amazon ECS.</summary>
public sealed class CodeDeployClient
{
    private readonly ServiceCaller caller;

    internal CodeDeployClient(ServiceCaller caller) => this.caller = caller;

    public Task<GetDeploymentGroupResponse> GetDeploymentGroupAsync(GetDeploymentGroupRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task UpdateDeploymentGroupAsync(UpdateDeploymentGroupRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetDeploymentConfigResponse> GetDeploymentConfigAsync(GetDeploymentConfigRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<CreateDeploymentConfigResponse> CreateDeploymentConfigAsync(CreateDeploymentConfigRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<CreateDeploymentResponse> CreateDeploymentAsync(CreateDeploymentRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetDeploymentResponse> GetDeploymentAsync(GetDeploymentRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<BatchGetDeploymentsResponse> BatchGetDeploymentsAsync(BatchGetDeploymentsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListDeploymentsResponse> ListDeploymentsAsync(ListDeploymentsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<StopDeploymentResponse> StopDeploymentAsync(StopDeploymentRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task ContinueDeploymentAsync(ContinueDeploymentRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetDeploymentTargetResponse> GetDeploymentTargetAsync(GetDeploymentTargetRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListDeploymentTargetsResponse> ListDeploymentTargetsAsync(ListDeploymentTargetsRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    /// <summary>Ids; newest first.</summary>
    public IAsyncEnumerable<string> DeploymentsAsync(ListDeploymentsRequest request, CancellationToken stop) => Pages.All(
        token => ListDeploymentsAsync(request with { NextToken = token }, stop),
        page => page.Deployments,
        page => page.NextToken);

    /// <summary>Ids.</summary>
    public IAsyncEnumerable<string> DeploymentTargetsAsync(string deploymentId, CancellationToken stop) => Pages.All(
        token => ListDeploymentTargetsAsync(new ListDeploymentTargetsRequest { DeploymentId = deploymentId } with { NextToken = token }, stop),
        page => page.TargetIds,
        page => page.NextToken);
}
