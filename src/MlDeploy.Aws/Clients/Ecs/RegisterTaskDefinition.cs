using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Aws.Clients.Ecs;

/// <summary>
/// Sent as it is: a manifest's overrides may set whatever the service knows, which is more than any record of ours would.
/// A second one with the same content makes a second revision and no harm.
/// </summary>
public sealed record RegisterTaskDefinitionRequest : IAwsRequest<RegisterTaskDefinitionResponse>
{
    /// <summary>The whole request in the service's own form: family, containerDefinitions, cpu, tags, …</summary>
    [WholeBody]
    public required JsonObject Definition { get; init; }
}

public sealed record RegisterTaskDefinitionResponse
{
    /// <summary>With its taskDefinitionArn and revision.</summary>
    public required JsonObject TaskDefinition { get; init; }
}
