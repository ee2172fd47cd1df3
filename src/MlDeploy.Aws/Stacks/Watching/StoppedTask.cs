using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Logs;

namespace MlDeploy.Aws.Stacks.Watching;

/// <summary>What a task that stopped can tell of its end.</summary>
internal static class StoppedTask
{
    /// <returns>Empty when it has no log; oldest first.</returns>
    public static async Task<ImmutableArray<string>> LastLinesAsync(AwsSession session, EcsTask task, int lines, CancellationToken stop)
    {
        try
        {
            var definition = (await session.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = task.TaskDefinitionArn! }, stop)).TaskDefinition;
            foreach (var container in (definition["containerDefinitions"] as JsonArray ?? []).OfType<JsonObject>())
            {
                var options = container["logConfiguration"]?["options"];
                if (options?["awslogs-group"]?.ToString() is { } group && options["awslogs-stream-prefix"]?.ToString() is { } prefix)
                {
                    var stream = $"{prefix}/{container["name"]}/{task.TaskArn[(task.TaskArn.LastIndexOf('/') + 1)..]}";
                    var events = await session.Logs.GetLogEventsAsync(new GetLogEventsRequest { LogGroupName = group, LogStreamName = stream, Limit = lines, StartFromHead = false }, stop);
                    return [.. events.Events.Select(entry => entry.Message.TrimEnd())];
                }
            }
        }
        catch (AwsServiceException unread)
        {
            // A task that could not even be pulled has no stream; without permission to read the log the reason alone must do.
            return unread.Kind == AwsFailureKind.AccessDenied ? [$"(the log cannot be read: {unread.Message})"] : [];
        }

        return [];
    }

    /// <summary>Why it stopped, in the service's words and its container's.</summary>
    public static string Reason(EcsTask task)
    {
        var container = task.Containers.FirstOrDefault(container => container.ExitCode is not null and not 0 || !string.IsNullOrEmpty(container.Reason));
        var why = string.IsNullOrEmpty(task.StoppedReason) ? task.StopCode ?? "no reason given" : task.StoppedReason;
        return $"{why}{(container?.ExitCode is { } code ? $", {container.Name} exited with {code}" : "")}{(string.IsNullOrEmpty(container?.Reason) ? "" : $", {container.Reason}")}";
    }
}
