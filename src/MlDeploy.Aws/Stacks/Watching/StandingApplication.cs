using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Templates;

namespace MlDeploy.Aws.Stacks.Watching;

/// <summary>An application's stack that stands, with what it tells.</summary>
public sealed class StandingApplication(string name, Stack stack)
{
    private readonly ImmutableDictionary<string, string> outputs = stack.Outputs
        .Where(output => output is { OutputKey: not null, OutputValue: not null })
        .ToImmutableDictionary(output => output.OutputKey!, output => output.OutputValue!, StringComparer.Ordinal);

    public string Name => name;

    public Stack Stack => stack;

    /// <summary>Null while the stack does not tell: it is being created, or its template is somebody's own.</summary>
    public string? this[string output] => outputs.GetValueOrDefault(output);

    /// <returns>Null when there is no such stack.</returns>
    public static async Task<StandingApplication?> FindAsync(AwsSession session, string name, CancellationToken stop) =>
        await session.CloudFormation.FindStackAsync(StackNames.Of(name, StackKind.Application), stop) is { } stack ? new StandingApplication(name, stack) : null;
}
