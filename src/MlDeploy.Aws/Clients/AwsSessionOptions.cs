using Amazon.Runtime;
using MlDeploy.Aws.Clients.Calling;

namespace MlDeploy.Aws.Clients;

/// <summary>What one command needs to talk to AWS. The environment, time and chance are the caller's.</summary>
public sealed record AwsSessionOptions
{
    /// <summary>From the manifest; without it the region of the environment or profile.</summary>
    public string? Region { get; init; }

    /// <summary>The role to act as; null acts as whoever the credentials belong to.</summary>
    public string? RoleArn { get; init; }

    /// <summary>An environment variable, or null when it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Spreads retries.</summary>
    public required Random Random { get; init; }

    /// <summary>Told each finished call, for `--verbose`; never told a body, a header or a credential.</summary>
    public Action<AwsCall>? OnCall { get; init; }

    public RetryOptions Retries { get; init; } = new();

    public PaceOptions Pace { get; init; } = new();

    /// <summary>In place of the socket, in tests.</summary>
    public HttpMessageHandler? Transport { get; init; }

    /// <summary>In place of the SDK's chain (files, single sign-on, web identity, container, instance), in tests.</summary>
    internal Func<AWSCredentials>? DefaultChain { get; init; }
}
