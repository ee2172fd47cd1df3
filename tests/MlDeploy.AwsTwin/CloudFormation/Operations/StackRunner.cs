using System.Collections.Concurrent;
using System.Collections.Immutable;
using MlDeploy.AwsTwin.CloudFormation.Resources;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Operations;

/// <summary>
/// Starts what happens to stacks and lets it run on, whoever asked for it having gone. A state is entered before the call
/// that asked is answered, so that the next call sees it.
/// </summary>
internal sealed class StackRunner(TwinContext twin, SchemaLibrary schemas, HandlerCatalog handlers, StackStore store) : IAsyncDisposable
{
    private static readonly string[] Updatable =
        ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", "CREATE_FAILED"];

    private readonly ResourceTimes times = new(twin.Options.ResourceSeconds);
    private readonly ConcurrentDictionary<Task, byte> running = new();

    public void Create(Stack stack, StackDefinition definition, OnFailure onFailure, string? token)
    {
        stack.Definition = definition;
        stack.Enter("CREATE_IN_PROGRESS", "User Initiated", token);
        Start(stack, token, (operation, stop) => operation.CreateAsync(definition, onFailure, stop),
            stack.TimeoutMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null);
    }

    public void Update(Stack stack, StackDefinition next, bool disableRollback, string? token)
    {
        lock (stack.Gate)
        {
            // Of two who ask at once, one is refused.
            RequireUpdatable(stack);
            stack.Updated = twin.Clock.GetUtcNow();
            stack.Enter("UPDATE_IN_PROGRESS", "User Initiated", token);
        }

        Start(stack, token, (operation, stop) => operation.UpdateAsync(next, disableRollback, stop));
    }

    public static void RequireUpdatable(Stack stack)
    {
        if (!Updatable.Contains(stack.Status))
        {
            throw new AwsError("ValidationError", $"Stack:{stack.Id} is in {stack.Status} state and can not be updated.");
        }
    }

    public void Delete(Stack stack, ImmutableHashSet<string> retained, string? token)
    {
        stack.Enter("DELETE_IN_PROGRESS", "User Initiated", token);
        Start(stack, token, (operation, _) => operation.RemoveAllAsync("DELETE_COMPLETE", "DELETE_FAILED", retained));
    }

    public void RollBackCreate(Stack stack, string? token)
    {
        stack.Enter("ROLLBACK_IN_PROGRESS", "User Initiated", token);
        Start(stack, token, (operation, _) => operation.RemoveAllAsync("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", []));
    }

    public void RollBackUpdate(Stack stack, ImmutableHashSet<string> skipped, string? token)
    {
        stack.Enter("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", token);
        Start(stack, token, (operation, _) => operation.RollBackUpdateAsync(skipped));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(running.Keys).WaitAsync(TimeSpan.FromSeconds(2));
        }
        catch (Exception ended) when (ended is OperationCanceledException or TimeoutException or HttpRequestException)
        {
            // The twin ends in the middle of it, as asked.
        }
    }

    private void Start(Stack stack, string? token, Func<StackOperation, CancellationToken, Task> run, TimeSpan? limit = null)
    {
        var previous = stack.Running;
        previous?.Cancel();
        var stop = CancellationTokenSource.CreateLinkedTokenSource(twin.Ending);
        stack.Running = stop;
        var wait = stack.Operation;
        var task = Task.Run(async () =>
        {
            await wait;
            using var call = twin.Caller("cloudformation", stack.Region);
            using var timer = limit is { } most ? twin.Clock.CreateTimer(_ => stop.Cancel(), null, most, Timeout.InfiniteTimeSpan) : null;
            var worker = new ResourceWorker(twin, schemas, handlers, times, store, stack, call, token);
            try
            {
                await run(new StackOperation(stack, worker, store, schemas, token), stop.Token);
            }
            catch (Exception surprise) when (!twin.Ending.IsCancellationRequested)
            {
                // A fault of the twin's own must end the operation visibly, not leave it in progress for ever.
                stack.Enter(stack.Status.Split('_')[0] + "_FAILED", $"Internal Failure: {surprise}", token);
            }
        }, CancellationToken.None);
        stack.Operation = task;
        running.TryAdd(task, 0);
        _ = task.ContinueWith(ended => running.TryRemove(ended, out _), TaskScheduler.Default);
    }
}
