using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ec2;
using MlDeploy.Aws.Clients.ElasticLoadBalancing;
using MlDeploy.Aws.Clients.ServiceQuotas;

namespace MlDeploy.Aws.Permissions;

/// <param name="Used">Null where it cannot be counted.</param>
/// <param name="Limit">Null where it could not be read.</param>
/// <param name="Needed">What a new application takes of it at most.</param>
/// <param name="NotRead">Why a number is missing.</param>
public sealed record AccountLimit(string Name, int? Used, double? Limit, int Needed, string? NotRead)
{
    public bool Exceeded => Used + Needed > Limit;
}

/// <summary>The account's limits that a first `provision` runs into, as far as they can be read.</summary>
public sealed class AccountLimits(AwsSession session)
{
    /// <param name="newNetwork">A network of its own: one VPC, and an address for each NAT gateway.</param>
    public async Task<ImmutableArray<AccountLimit>> ReadAsync(bool newNetwork, int natGateways, CancellationToken stop) =>
    [
        await ReadAsync("elastic IP addresses", "ec2", "L-0263D0A3", newNetwork ? natGateways : 0, AddressesAsync, stop),
        await ReadAsync("VPCs", "vpc", "L-F678F1CE", newNetwork ? 1 : 0, VpcsAsync, stop),
        await ReadAsync("application load balancers", "elasticloadbalancing", "L-53DA6B97", 1, BalancersAsync, stop),
        await ReadAsync("Fargate virtual CPUs", "fargate", "L-3032A538", 0, _ => Task.FromResult<int?>(null), stop),
    ];

    private async Task<AccountLimit> ReadAsync(string name, string service, string quota, int needed, Func<CancellationToken, Task<int?>> count, CancellationToken stop)
    {
        var (limit, noLimit) = await TryAsync<double?>(
            async () => (await session.ServiceQuotas.GetServiceQuotaAsync(new GetServiceQuotaRequest { ServiceCode = service, QuotaCode = quota }, stop)).Quota.Value);
        var (used, notCounted) = await TryAsync(() => count(stop));
        return new AccountLimit(name, used, limit, needed, noLimit ?? notCounted);
    }

    // What cannot be read is said; it is no reason to stop looking.
    private static async Task<(T? Value, string? NotRead)> TryAsync<T>(Func<Task<T?>> read)
    {
        try
        {
            return (await read(), null);
        }
        catch (AwsServiceException failure) when (failure.Kind is AwsFailureKind.AccessDenied or AwsFailureKind.NotUnderstood or AwsFailureKind.NotFound or AwsFailureKind.Validation)
        {
            return (default, $"{failure.Service.PolicyAction(failure.Action)}: {failure.Code}");
        }
    }

    private async Task<int?> AddressesAsync(CancellationToken stop) => (await session.Ec2.DescribeAddressesAsync(new DescribeAddressesRequest(), stop)).Addresses.Length;

    private async Task<int?> VpcsAsync(CancellationToken stop) => await CountAsync(session.Ec2.VpcsAsync(new DescribeVpcsRequest(), stop));

    private async Task<int?> BalancersAsync(CancellationToken stop) => await CountAsync(session.ElasticLoadBalancing.LoadBalancersAsync(new DescribeLoadBalancersRequest(), stop));

    private static async Task<int> CountAsync<T>(IAsyncEnumerable<T> items)
    {
        var count = 0;
        await foreach (var _ in items)
        {
            count++;
        }

        return count;
    }
}
