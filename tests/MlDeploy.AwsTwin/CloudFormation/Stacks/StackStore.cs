using System.Collections.Immutable;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Stacks;

/// <summary>All stacks of all regions, deleted ones included.</summary>
internal sealed class StackStore
{
    private readonly Lock gate = new();
    private readonly List<Stack> stacks = [];

    public ImmutableArray<Stack> All
    {
        get
        {
            lock (gate)
            {
                return [.. stacks];
            }
        }
    }

    public Stack Add(Stack stack)
    {
        lock (gate)
        {
            if (stacks.Exists(one => one.Name == stack.Name && one.Region == stack.Region && !one.IsDeleted))
            {
                throw new AwsError("AlreadyExistsException", $"Stack [{stack.Name}] already exists");
            }

            stacks.Add(stack);
            return stack;
        }
    }

    /// <summary>By name the one that lives, by id also one that was deleted.</summary>
    public Stack? Find(string region, string nameOrId) => All.LastOrDefault(stack => stack.Region == region && (stack.Id == nameOrId || stack.Name == nameOrId && !stack.IsDeleted));

    public Stack Get(string region, string nameOrId) =>
        Find(region, nameOrId) ?? throw new AwsError("ValidationError", $"Stack with id {nameOrId} does not exist");

    /// <summary>Export name → (exporting stack, value) of a region.</summary>
    public ImmutableSortedDictionary<string, (Stack Stack, string Value)> Exports(string region) =>
        All.Where(stack => stack.Region == region && !stack.IsDeleted)
            .SelectMany(stack => stack.Outputs.Where(output => output.ExportName is not null).Select(output => (output.ExportName, Value: (stack, output.Value))))
            .DistinctBy(export => export.ExportName)
            .ToImmutableSortedDictionary(export => export.ExportName!, export => export.Value, StringComparer.Ordinal);
}
