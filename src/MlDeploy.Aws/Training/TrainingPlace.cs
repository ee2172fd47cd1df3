using System.Collections.Immutable;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Training;

/// <summary>Where one application is trained: what its training stack tells.</summary>
/// <param name="Subnets">Of the stack's network.</param>
public sealed record TrainingPlace(string Application, string Bucket, string Notebook, string RoleArn, ImmutableArray<string> Subnets, string SecurityGroup)
{
    /// <exception cref="ExpectedException">Exit 3: there is no such stack, or it is not one of ours.</exception>
    public static async Task<TrainingPlace> ReadAsync(CloudFormationClient cloudFormation, string application, CancellationToken stop)
    {
        var name = StackNames.Of(application, StackKind.Training);
        return await cloudFormation.FindStackAsync(name, stop) is { StackStatus: not "REVIEW_IN_PROGRESS" } stack
            ? Of(application, stack)
            : throw new ExpectedException(ExitCode.Usage, $"{application} has no training infrastructure: there is no stack {name}", "create it with `mldeploy train up`, or check --app, --env and the region");
    }

    /// <exception cref="ExpectedException">Exit 3: an output is missing.</exception>
    public static TrainingPlace Of(string application, Stack stack)
    {
        var outputs = stack.Outputs.Where(output => output is { OutputKey: not null, OutputValue: not null }).ToDictionary(output => output.OutputKey!, output => output.OutputValue!, StringComparer.Ordinal);
        return new TrainingPlace(
            application,
            Output(StackOutputs.Bucket),
            Output(StackOutputs.Notebook),
            Output(StackOutputs.TrainingRoleArn),
            [.. Output(StackOutputs.TrainingSubnets).Split(',')],
            Output(StackOutputs.TrainingSecurityGroup));

        string Output(string key) => outputs.GetValueOrDefault(key) ?? throw new ExpectedException(
            ExitCode.Usage,
            $"the stack {stack.StackName} ({stack.StackStatus}) does not tell its {key}",
            "run `mldeploy train up`; a template of your own has to give the same outputs as ours");
    }
}
