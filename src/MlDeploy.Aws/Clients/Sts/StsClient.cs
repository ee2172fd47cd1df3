using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients.Sts;

/// <summary>AWS Security Token Service.</summary>
public sealed class StsClient
{
    private readonly ServiceCaller caller;

    internal StsClient(ServiceCaller caller) => this.caller = caller;

    public Task<GetCallerIdentityResponse> GetCallerIdentityAsync(GetCallerIdentityRequest request, CancellationToken stop) => caller.SendAsync(request, stop);

    public Task<AssumeRoleResponse> AssumeRoleAsync(AssumeRoleRequest request, CancellationToken stop) => caller.SendAsync(request, stop);
}
