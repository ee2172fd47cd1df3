using System.Collections.Immutable;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>Where a value stands in a resource: for readers `ContainerDefinitions[app].Environment[LOG_LEVEL].Value`, for schemas `ContainerDefinitions/*/Environment/*/Value`.</summary>
/// <param name="Text">For readers: items by what identifies them, else by their index.</param>
/// <param name="Names">For schemas: member names, and `*` for an item.</param>
public sealed record PropertyPath(string Text, ImmutableArray<string> Names)
{
    public static PropertyPath Root { get; } = new("", []);

    public PropertyPath Member(string name) => new(Text.Length == 0 ? name : $"{Text}.{name}", Names.Add(name));

    public PropertyPath Item(string label) => new($"{Text}[{label}]", Names.Add("*"));

    /// <summary>A JSON pointer of a resource schema as names: `/properties/LoadBalancers/*/Port`.</summary>
    public static ImmutableArray<string> FromPointer(string pointer) =>
        [.. pointer.Split('/', StringSplitOptions.RemoveEmptyEntries).Where((name, at) => !(at == 0 && name == "properties"))];

    /// <summary>True when a change at this path changes, or can change, what a schema means by the other path.</summary>
    public bool Touches(ImmutableArray<string> schemaPath)
    {
        // Some schemas name members of list items without the star between.
        var here = Names.Where(name => name != "*").ToArray();
        var there = schemaPath.Where(name => name != "*").ToArray();
        return here.Zip(there).All(pair => pair.First == pair.Second);
    }

    public override string ToString() => Text;
}
