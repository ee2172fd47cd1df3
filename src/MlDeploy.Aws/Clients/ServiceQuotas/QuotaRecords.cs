namespace MlDeploy.Aws.Clients.ServiceQuotas;

public sealed record GetServiceQuotaRequest : IAwsRequest<GetServiceQuotaResponse>
{
    public required string ServiceCode { get; init; }
    public required string QuotaCode { get; init; }
}

public sealed record GetServiceQuotaResponse
{
    public required ServiceQuota Quota { get; init; }
}

public sealed record ServiceQuota
{
    public string? ServiceCode { get; init; }
    public string? ServiceName { get; init; }
    public string? QuotaArn { get; init; }
    public string? QuotaCode { get; init; }
    public string? QuotaName { get; init; }
    public required double Value { get; init; }
    public string? Unit { get; init; }
    public bool? Adjustable { get; init; }
}
