using System.Collections.Immutable;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Operations;

internal enum OnFailure
{
    Rollback,
    DoNothing,
    Delete,
}

/// <summary>What everything that happens to one stack has in common.</summary>
internal sealed class StackOperation(Stack stack, ResourceWorker worker, StackStore store, SchemaLibrary schemas, string? token)
{
    public async Task CreateAsync(StackDefinition definition, OnFailure onFailure, CancellationToken stop)
    {
        var failure = await MakeAsync(definition, stop);
        if (failure is null)
        {
            stack.Enter("CREATE_COMPLETE", null, token);
            return;
        }

        switch (onFailure)
        {
            case OnFailure.DoNothing:
                stack.Enter("CREATE_FAILED", failure, token);
                break;
            case OnFailure.Delete:
                stack.Enter("DELETE_IN_PROGRESS", $"{failure}Delete requested by user.", token);
                await RemoveAllAsync("DELETE_COMPLETE", "DELETE_FAILED", []);
                break;
            default:
                stack.Enter("ROLLBACK_IN_PROGRESS", $"{failure}Rollback requested by user.", token);
                await RemoveAllAsync("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", []);
                break;
        }
    }

    /// <summary>Removes every resource, those that others need last.</summary>
    public async Task RemoveAllAsync(string complete, string failed, ImmutableHashSet<string> retained)
    {
        var all = stack.Resources.Values.Where(resource => resource.Status != "DELETE_COMPLETE").ToDictionary(resource => resource.LogicalId);
        var isRollback = complete == "ROLLBACK_COMPLETE";
        var failures = await DependencyRun.RunAsync(Reversed(all.Values), stopAtFailure: false, async (name, _) => await worker.DeleteAsync(
            all[name], isCurrent: true, retain: retained.Contains(name) || all[name].DeletionPolicy is "Retain" && !(isRollback && stack.RetainExceptOnCreate) || all[name].DeletionPolicy is "RetainExceptOnCreate" && !isRollback), CancellationToken.None);
        if (failures.IsEmpty)
        {
            stack.Outputs = [];
            stack.Enter(complete, null, token);
        }
        else
        {
            stack.Enter(failed, $"The following resource(s) failed to delete: [{string.Join(", ", failures)}]. ", token);
        }
    }

    public async Task UpdateAsync(StackDefinition next, bool disableRollback, CancellationToken stop)
    {
        var before = new Before(stack.Definition!, stack.Resources, stack.Outputs);
        stack.Definition = next;
        var failure = await ChangeAsync(next, before, stop);
        if (failure is null)
        {
            stack.Before = null;
            var declared = StackEvaluation.Of(stack, next, store).Declared();
            before.Resources.Keys.Where(name => !declared.ContainsKey(name)).ToList().ForEach(stack.Forget);
            stack.Enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", null, token);
            await CleanUpAsync(before.Resources, gone => gone.DeletionPolicy, replaced => replaced.UpdateReplacePolicy);
            stack.Enter("UPDATE_COMPLETE", null, token);
            return;
        }

        stack.Before = before;
        if (disableRollback)
        {
            stack.Enter("UPDATE_FAILED", failure, token);
            return;
        }

        stack.Enter("UPDATE_ROLLBACK_IN_PROGRESS", failure, token);
        await RollBackUpdateAsync([]);
    }

    /// <summary>Puts a stack back to what it was before the update that failed.</summary>
    public async Task RollBackUpdateAsync(ImmutableHashSet<string> skipped)
    {
        var before = stack.Before ?? throw new InvalidOperationException($"{stack.Name} has nothing to roll back to");
        foreach (var made in stack.Resources.Values.Where(resource => !before.Resources.ContainsKey(resource.LogicalId)))
        {
            stack.Before = stack.Before!.WithMade(made);
            stack.Forget(made.LogicalId);
        }

        var failures = await DependencyRun.RunAsync(
            before.Resources.ToDictionary(pair => pair.Key, pair => pair.Value.DependsOn), stopAtFailure: false,
            (name, _) => RestoreAsync(before.Resources[name], skipped.Contains(name)), CancellationToken.None);
        stack.Definition = before.Definition;
        stack.Outputs = before.Outputs;
        if (!failures.IsEmpty)
        {
            stack.Enter("UPDATE_ROLLBACK_FAILED", $"The following resource(s) failed to update: [{string.Join(", ", failures)}]. ", token);
            return;
        }

        stack.Enter("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", null, token);
        await CleanUpAsync(stack.Before.Made, _ => "Delete", _ => "Delete");
        stack.Before = null;
        stack.Enter("UPDATE_ROLLBACK_COMPLETE", null, token);
    }

    /// <returns>Null when all is made; else which failed, in CloudFormation's words.</returns>
    private async Task<string?> MakeAsync(StackDefinition definition, CancellationToken stop)
    {
        var declared = StackEvaluation.Of(stack, definition, store).Declared();
        await DependencyRun.RunAsync(Dependencies(definition.Template, declared), stopAtFailure: true,
            (name, cancel) => worker.CreateAsync(declared[name], definition, "CREATE", cancel), stop);
        var failed = stack.Resources.Values.Where(resource => resource.Status == "CREATE_FAILED").Select(resource => resource.LogicalId).ToList();
        return failed.Count > 0 ? $"The following resource(s) failed to create: [{string.Join(", ", failed)}]. "
            : stop.IsCancellationRequested ? "Stack creation was cancelled. "
            : SetOutputs(definition);
    }

    private async Task<string?> ChangeAsync(StackDefinition next, Before before, CancellationToken stop)
    {
        var evaluation = StackEvaluation.Of(stack, next, store);
        var declared = evaluation.Declared();
        await DependencyRun.RunAsync(Dependencies(next.Template, declared), stopAtFailure: true, (name, cancel) => ApplyAsync(declared[name], next, before, cancel), stop);
        var failed = stack.Resources.Values.Where(resource => resource.Status is "CREATE_FAILED" or "UPDATE_FAILED").Where(resource => declared.ContainsKey(resource.LogicalId)).Select(resource => resource.LogicalId).ToList();
        var verb = failed.Exists(name => !before.Resources.ContainsKey(name)) && failed.TrueForAll(name => !before.Resources.ContainsKey(name)) ? "create" : "update";
        return failed.Count > 0 ? $"The following resource(s) failed to {verb}: [{string.Join(", ", failed)}]. "
            : stop.IsCancellationRequested ? "User Initiated"
            : SetOutputs(next);
    }

    /// <summary>One resource of an update: made, replaced, changed in place, or left alone.</summary>
    private async Task<bool> ApplyAsync(ResourceDeclaration declaration, StackDefinition next, Before before, CancellationToken stop)
    {
        if (before.Resources.GetValueOrDefault(declaration.LogicalId) is not { PhysicalId: not null } current || current.Status is "CREATE_FAILED" or "DELETE_COMPLETE")
        {
            return await worker.CreateAsync(declaration, next, "CREATE", stop);
        }

        var schema = schemas.Find(declaration.Type)!;
        var target = worker.Blank(declaration, next, "UPDATE_IN_PROGRESS") with { Properties = [] };
        try
        {
            target = target with { Properties = schema.Coerce(StackEvaluation.Of(stack, next, store).Properties(declaration)) };
        }
        catch (AwsError error)
        {
            stack.Put(current with { Status = "UPDATE_FAILED", Reason = error.Message }, token);
            return false;
        }

        var changed = Changes.TreeDifference.Between(current.Properties, target.Properties).ToList();
        var tagsChanged = schema.TagProperty is not null && !current.StackTags.SequenceEqual(next.Tags);
        if (changed.Count == 0 && !tagsChanged && current.Status != "UPDATE_FAILED")
        {
            // Policies, metadata and dependencies are the stack's own business: no call, no event.
            stack.Settle(current with { DeletionPolicy = target.DeletionPolicy, UpdateReplacePolicy = target.UpdateReplacePolicy, DependsOn = target.DependsOn, Metadata = target.Metadata, StackTags = next.Tags });
            return true;
        }

        var handler = worker.Find(declaration.Type);
        var replaces = changed.Exists(difference => schema.Recreates(difference.SchemaPath) switch
        {
            Recreation.Always => true,
            Recreation.Conditionally => handler?.ReplacesConditionally(difference.SchemaPath, current.Properties, target.Properties) == true,
            _ => false,
        });
        return replaces
            ? await worker.CreateAsync(declaration, next, "UPDATE", stop)
            : await worker.UpdateAsync(current, target, isRollback: false, stop);
    }

    private async Task<bool> RestoreAsync(StackResource old, bool skip)
    {
        var now = stack.Find(old.LogicalId);
        if (now is not null && now.PhysicalId != old.PhysicalId && now.PhysicalId is not null)
        {
            stack.Before = stack.Before!.WithMade(now);
        }

        var isTouched = now is null || now.Status is "UPDATE_FAILED" or "CREATE_FAILED" || now.PhysicalId != old.PhysicalId
            || Changes.TreeDifference.Between(now.Properties, old.Properties).Any() || !now.StackTags.SequenceEqual(old.StackTags);
        if (!isTouched)
        {
            stack.Settle(old);
            return true;
        }

        if (skip || now is null || now.PhysicalId != old.PhysicalId)
        {
            // The old one was never touched: it is the stack's again.
            stack.Put(old with { Status = "UPDATE_COMPLETE", Reason = null }, token);
            return true;
        }

        return await worker.UpdateAsync(now, old, isRollback: true, CancellationToken.None);
    }

    /// <summary>Removes what an update, or its roll back, left over: removed resources, and those that others have replaced.</summary>
    private async Task CleanUpAsync(
        ImmutableSortedDictionary<string, StackResource> candidates, Func<StackResource, string> policyOfGone, Func<StackResource, string> policyOfReplaced)
    {
        var current = stack.Resources;
        var left = candidates.Values.Where(one => one.PhysicalId is not null && current.GetValueOrDefault(one.LogicalId)?.PhysicalId != one.PhysicalId).ToDictionary(one => one.LogicalId);
        await DependencyRun.RunAsync(Reversed(left.Values), stopAtFailure: false, (name, _) => worker.DeleteAsync(left[name], isCurrent: false,
            retain: (current.ContainsKey(name) ? policyOfReplaced : policyOfGone)(left[name]) == "Retain"), CancellationToken.None);
    }

    private string? SetOutputs(StackDefinition definition)
    {
        try
        {
            var outputs = StackEvaluation.Of(stack, definition, store).Outputs();
            var taken = store.Exports(stack.Region);
            if (outputs.FirstOrDefault(output => output.ExportName is { } name && taken.TryGetValue(name, out var other) && other.Stack != stack) is { } conflict)
            {
                return $"Export with name {conflict.ExportName} is already exported by stack {taken[conflict.ExportName!].Stack.Name}. ";
            }

            stack.Outputs = outputs;
            return null;
        }
        catch (AwsError error)
        {
            return $"{error.Message}. ";
        }
    }

    private static Dictionary<string, ImmutableArray<string>> Dependencies(Template template, ImmutableSortedDictionary<string, ResourceDeclaration> declared) =>
        declared.ToDictionary(pair => pair.Key, pair => TemplateChecks.Dependencies(template, pair.Value).ToImmutableArray());

    /// <summary>Each waits for all that depend on it.</summary>
    private static Dictionary<string, ImmutableArray<string>> Reversed(IReadOnlyCollection<StackResource> resources) =>
        resources.ToDictionary(one => one.LogicalId, one => resources.Where(other => other.DependsOn.Contains(one.LogicalId)).Select(other => other.LogicalId).ToImmutableArray());
}

/// <summary>A stack as it was before an update, kept until the update is past being rolled back.</summary>
internal sealed record Before(StackDefinition Definition, ImmutableSortedDictionary<string, StackResource> Resources, ImmutableArray<StackOutput> Outputs)
{
    /// <summary>What the update made and its roll back has to remove.</summary>
    public ImmutableSortedDictionary<string, StackResource> Made { get; init; } = ImmutableSortedDictionary.Create<string, StackResource>(StringComparer.Ordinal);

    public Before WithMade(StackResource made) => this with { Made = Made.SetItem(made.LogicalId, made) };
}
