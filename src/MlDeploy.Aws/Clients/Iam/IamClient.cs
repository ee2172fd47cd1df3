using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Iam;

/// <summary>AWS Identity and Access Management; one endpoint a partition.</summary>
public sealed class IamClient
{
    private readonly ServiceCaller caller;

    internal IamClient(ServiceCaller caller) => this.caller = caller;

    public Task<SimulatePrincipalPolicyResponse> SimulatePrincipalPolicyAsync(SimulatePrincipalPolicyRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<GetRoleResponse> GetRoleAsync(GetRoleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<ListOpenIDConnectProvidersResponse> ListOpenIDConnectProvidersAsync(ListOpenIDConnectProvidersRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public IAsyncEnumerable<EvaluationResult> SimulationAsync(SimulatePrincipalPolicyRequest request, CancellationToken stop) => Pages.All(
        token => SimulatePrincipalPolicyAsync(request with { Marker = token }, stop),
        page => page.EvaluationResults,
        page => page.Marker);
}
