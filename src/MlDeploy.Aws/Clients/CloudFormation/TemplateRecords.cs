using System.Collections.Immutable;

namespace MlDeploy.Aws.Clients.CloudFormation;

public sealed record GetTemplateRequest : IAwsRequest<GetTemplateResponse>
{
    public string? StackName { get; init; }
    public string? ChangeSetName { get; init; }

    /// <summary>Original or Processed.</summary>
    public string? TemplateStage { get; init; }
}

public sealed record GetTemplateResponse
{
    /// <summary>JSON or YAML, as it was sent.</summary>
    public string? TemplateBody { get; init; }

    public ImmutableArray<string> StagesAvailable { get; init; } = [];
}

public sealed record ValidateTemplateRequest : IAwsRequest<ValidateTemplateResponse>
{
    /// <summary>At most 51,200 bytes.</summary>
    public string? TemplateBody { get; init; }

    public string? TemplateURL { get; init; }
}

public sealed record ValidateTemplateResponse
{
    public ImmutableArray<TemplateParameter> Parameters { get; init; } = [];
    public string? Description { get; init; }
    public ImmutableArray<string> Capabilities { get; init; } = [];
    public string? CapabilitiesReason { get; init; }
}

public sealed record TemplateParameter
{
    public string? ParameterKey { get; init; }
    public string? DefaultValue { get; init; }
    public bool? NoEcho { get; init; }
    public string? Description { get; init; }
}
