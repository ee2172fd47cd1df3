using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.ServiceQuotas;

/// <summary>Service Quotas: what the account may have.</summary>
public sealed class ServiceQuotasClient
{
    private readonly ServiceCaller caller;

    internal ServiceQuotasClient(ServiceCaller caller) => this.caller = caller;

    public Task<GetServiceQuotaResponse> GetServiceQuotaAsync(GetServiceQuotaRequest request, CancellationToken stop) => caller.SendAsync(request, stop);
}
