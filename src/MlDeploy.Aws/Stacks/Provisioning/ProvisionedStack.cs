using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Stacks.Planning;

namespace MlDeploy.Aws.Stacks.Provisioning;

public enum StackResult
{
    Unchanged,
    Created,
    Updated,
}

/// <param name="Plan">What was done.</param>
/// <param name="Stack">As it is now, with its outputs.</param>
public sealed record ProvisionedStack(StackResult Result, StackPlan Plan, Stack Stack);
