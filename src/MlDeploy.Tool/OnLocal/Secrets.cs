using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnLocal;

/// <summary>Resolves secret references at the edge: the values go to the host over its private socket and nowhere else.</summary>
internal static class Secrets
{
    /// <summary>Addresses of `notifications.webhook`.</summary>
    /// <exception cref="ExpectedException">Names every reference that cannot be resolved, or holds no address; never a value.</exception>
    public static ImmutableArray<string> Webhooks(AppManifest manifest, CommandContext context)
    {
        var addresses = ImmutableArray.CreateBuilder<string>();
        foreach (var reference in manifest.Notifications.Webhook)
        {
            if (reference.Source != SecretSource.Env)
            {
                throw new ExpectedException(ExitCode.Usage, "notifications.webhook: the local target reads secrets from the environment only", "write env:NAME for the local target");
            }

            addresses.Add(context.Surroundings.Variable(reference.Key) is not { Length: > 0 } url
                ? throw new ExpectedException(ExitCode.Usage, $"the environment has no {reference.Key}, which notifications.webhook refers to", "set it where mldeploy runs; in a pipeline, as a masked variable")
                : Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "http" or "https" ? url
                : throw new ExpectedException(ExitCode.Usage, $"{reference.Key}, which notifications.webhook refers to, holds no address", "set it to an address that begins with https:// or http://"));
        }

        return addresses.ToImmutable();
    }

    /// <exception cref="ExpectedException">Names every secret that cannot be resolved; never a value.</exception>
    public static ImmutableSortedDictionary<string, string> Resolve(AppManifest manifest, CommandContext context)
    {
        var secrets = manifest.Application.Secrets;
        var elsewhere = secrets.Where(secret => secret.Value.Source != SecretSource.Env).Select(secret => secret.Key).ToArray();
        if (elsewhere.Length > 0)
        {
            throw new ExpectedException(
                ExitCode.Usage,
                $"application.secrets.{string.Join(", ", elsewhere)}: the local target reads secrets from the environment only",
                $"write env:NAME for the local target, e.g. --set application.secrets.{elsewhere[0]}=env:{elsewhere[0]}");
        }

        var missing = secrets.Where(secret => context.Surroundings.Variable(secret.Value.Key) is null).Select(secret => secret.Value.Key).ToArray();
        return missing.Length > 0
            ? throw new ExpectedException(
                ExitCode.Usage, $"the environment has no {string.Join(", no ", missing)}, which application.secrets refers to", "set it where mldeploy runs; in a pipeline, as a masked variable")
            : secrets.ToImmutableSortedDictionary(secret => secret.Key, secret => context.Surroundings.Variable(secret.Value.Key)!, StringComparer.Ordinal);
    }
}
