using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Ecs;
using MlDeploy.Aws.Clients.Logs;

namespace MlDeploy.Aws.Stacks.Watching;

/// <summary>What a task that stopped can tell of its end.</summary>
internal static class StoppedTask
{
    private const int Lines = 20;

    /// <summary>How many of those that stopped last are asked for their log, while the last one's has not arrived.</summary>
    private const int MostAsked = 3;

    /// <summary>Lines reach CloudWatch Logs seconds after they were written: how often they are looked for again, and how long after.</summary>
    private const int Looks = 5;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    /// <summary>What follows a sentence: `its last log lines:` and the lines, those of a task before it when its own do not arrive, or that there are none.</summary>
    /// <param name="stopped">At least one, the last to stop last.</param>
    public static async Task<string> LastWordsAsync(AwsSession session, ImmutableArray<EcsTask> stopped, TimeProvider clock, CancellationToken stop)
    {
        EcsTask[] asked = [.. stopped.Reverse().Take(MostAsked)];
        for (var look = 1; ; look++)
        {
            var mayCome = false;
            foreach (var task in asked)
            {
                var lines = await LastLinesAsync(session, task, stop);
                if (lines is { IsEmpty: false })
                {
                    return $"\n    {(task == asked[0] ? "its last log lines" : "the last log lines of one before it")}:\n{string.Join('\n', lines.Value.Select(line => "      " + line))}";
                }

                mayCome |= lines is not null;
            }

            if (!mayCome || look == Looks)
            {
                return "; it wrote no log";
            }

            await Task.Delay(BetweenLooks, clock, stop);
        }
    }

    /// <returns>Oldest first; null when it has no log that lines could still come to.</returns>
    private static async Task<ImmutableArray<string>?> LastLinesAsync(AwsSession session, EcsTask task, CancellationToken stop)
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
                    var events = await session.Logs.GetLogEventsAsync(new GetLogEventsRequest { LogGroupName = group, LogStreamName = stream, Limit = Lines, StartFromHead = false }, stop);
                    return [.. events.Events.Select(entry => entry.Message.TrimEnd())];
                }
            }
        }
        catch (AwsServiceException unread)
        {
            // A task that could not even be pulled has no stream; without permission to read the log the reason alone must do.
            return unread.Kind == AwsFailureKind.AccessDenied ? [$"(the log cannot be read: {unread.Message})"] : null;
        }

        return null;
    }

    /// <summary>Why it stopped, in the service's words and its container's.</summary>
    public static string Reason(EcsTask task)
    {
        var container = task.Containers.FirstOrDefault(container => container.ExitCode is not null and not 0 || !string.IsNullOrEmpty(container.Reason));
        var why = string.IsNullOrEmpty(task.StoppedReason) ? task.StopCode ?? "no reason given" : task.StoppedReason;
        return $"{why}{(container?.ExitCode is { } code ? $", {container.Name} exited with {code}" : "")}{(string.IsNullOrEmpty(container?.Reason) ? "" : $", {container.Reason}")}";
    }
}
