using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Ecs;

/// <summary>Reads a container's secrets from SSM and Secrets Manager as the task's execution role would.</summary>
internal static class TaskSecrets
{
    /// <exception cref="TaskFailure">One is missing.</exception>
    public static async Task<ImmutableDictionary<string, string>> ReadAsync(TwinCaller records, Container container, CancellationToken cancel)
    {
        var read = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var (name, from) in container.Secrets)
            read[name] = from.Contains(":secretsmanager:", StringComparison.Ordinal) ? await SecretAsync(records, from, cancel) : await ParameterAsync(records, from, cancel);
        return read.ToImmutable();
    }

    private static async Task<string> ParameterAsync(TwinCaller records, string from, CancellationToken cancel)
    {
        var cut = from.IndexOf(":parameter/", StringComparison.Ordinal);
        // An ARN has one slash before the name of a parameter at the root, and the leading slash of a path is the same one.
        string[] names = cut < 0 ? [from] : [from[(cut + ":parameter".Length)..], from[(cut + ":parameter/".Length)..]];
        foreach (var name in names)
        {
            try
            {
                var answer = await records.JsonAsync("ssm", "GetParameter", new JsonObject { ["Name"] = name, ["WithDecryption"] = true }, cancel);
                return answer.Object("Parameter").Required("Value");
            }
            catch (AwsError)
            {
                // Not under that name.
            }
        }

        throw new TaskFailure($"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): invalid parameters: {names[^1]}");
    }

    /// <param name="from">`ARN[:json-key[:version-stage[:version-id]]]`.</param>
    private static async Task<string> SecretAsync(TwinCaller records, string from, CancellationToken cancel)
    {
        var parts = from.Split(':');
        var arn = string.Join(':', parts.Take(7));
        try
        {
            var answer = await records.JsonAsync("secretsmanager", "GetSecretValue", new JsonObject { ["SecretId"] = arn }, cancel);
            var value = answer.Required("SecretString");
            if (parts.ElementAtOrDefault(7) is not { Length: > 0 } key)
                return value;
            return (JsonNode.Parse(value) as JsonObject)?.Text(key)
                ?? throw new TaskFailure($"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): retrieved secret from Secrets Manager did not contain json key {key}");
        }
        catch (Exception error) when (error is AwsError or JsonException)
        {
            throw new TaskFailure($"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret {arn} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.");
        }
    }
}

/// <summary>A task that cannot start; the message is its stoppedReason.</summary>
internal sealed class TaskFailure(string message) : Exception(message);
