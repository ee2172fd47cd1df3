using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.CloudWatch;

public sealed record GetDashboardRequest : IAwsRequest<GetDashboardResponse>
{
    public required string DashboardName { get; init; }
}

public sealed record GetDashboardResponse
{
    public string? DashboardArn { get; init; }
    public string? DashboardBody { get; init; }
    public string? DashboardName { get; init; }
}

public sealed record PutDashboardRequest : IAwsRequest<PutDashboardResponse>
{
    public required string DashboardName { get; init; }
    public required string DashboardBody { get; init; }
}

public sealed record PutDashboardResponse
{
    public ImmutableArray<DashboardValidationMessage> DashboardValidationMessages { get; init; } = [];
}

public sealed record DashboardValidationMessage
{
    public string? DataPath { get; init; }
    public string? Message { get; init; }
}

public sealed record DeleteDashboardsRequest : IAwsRequest<EmptyResponse>
{
    public required ImmutableArray<string> DashboardNames { get; init; }
}
