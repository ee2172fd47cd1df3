using System.Collections.Immutable;

namespace MlDeploy.Aws.Stacks.Planning;

public enum StackAction
{
    None,
    Create,
    Update,
}

public enum ResourceAction
{
    Add,
    Change,
    Replace,
    Remove,
}

/// <summary>What would happen to one resource.</summary>
/// <param name="Properties">Each value that differs; for an added or removed resource, all of its properties.</param>
/// <param name="Attributes">What is not a property: DependsOn, DeletionPolicy, Metadata, …</param>
/// <param name="Note">What a reader must know: data that is lost, what is kept.</param>
/// <param name="Refused">Why AWS would refuse it, and what to do instead; null when it would not, by all we know.</param>
public sealed record ResourceChange(
    string LogicalId,
    string Type,
    ResourceAction Action,
    ImmutableArray<PropertyChange> Properties,
    ImmutableArray<PropertyChange> Attributes,
    string? Note = null,
    string? Refused = null)
{
    /// <summary>In place by all we know, but a property's schema leaves it to the service.</summary>
    public bool MayReplace => Action == ResourceAction.Change && Properties.Any(change => change.Consequence is Consequence.MayReplace or Consequence.Unknown);
}

/// <summary>What a deployment or a service changes behind the stack's back, so that a plan leaves it alone.</summary>
/// <param name="What">`weights of the production listener`</param>
public sealed record LeftAlone(string LogicalId, string What, string Why);

/// <summary>Everything that `provision` would do to one stack, computed from two templates: no change set is made for it.</summary>
/// <param name="Kind">registry, application or training.</param>
/// <param name="Status">The stack's state in CloudFormation; null when there is none, or when the plan was made from a file.</param>
/// <param name="AtDeploy">Changes that the next `mldeploy deploy` makes: CloudFormation cannot change a CodeDeploy service's task definition.</param>
public sealed record StackPlan(
    string Kind,
    string Name,
    StackAction Action,
    string? Status,
    ImmutableArray<ResourceChange> Resources,
    ImmutableArray<PropertyChange> Outputs,
    ImmutableArray<PropertyChange> Other,
    ImmutableArray<ResourceChange> AtDeploy,
    ImmutableArray<LeftAlone> LeftAlone,
    ImmutableArray<string> Notes)
{
    public int Count(ResourceAction action) => Resources.Count(resource => resource.Action == action);
}
