using System.Collections.Immutable;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>What the CloudFormation registry's schema of a resource type says about replacing, as JSON pointers (`/properties/Name`).</summary>
/// <param name="CreateOnly">Changing one of these makes the resource anew.</param>
/// <param name="Conditional">Changing one of these may.</param>
public sealed record CreateOnlyProperties(ImmutableArray<string> CreateOnly, ImmutableArray<string> Conditional);

/// <summary>What changing a property does, by the schemas.</summary>
/// <param name="schemas">Null for a type without a schema.</param>
internal sealed class ReplacementRules(Func<string, CreateOnlyProperties?> schemas)
{
    public Consequence Of(string type, PropertyPath path)
    {
        // A custom resource decides itself, by the physical id it answers with.
        if (schemas(type) is not { } schema)
        {
            return Consequence.Unknown;
        }

        return schema.CreateOnly.Any(pointer => path.Touches(PropertyPath.FromPointer(pointer))) ? Consequence.Replaces
            : schema.Conditional.Any(pointer => path.Touches(PropertyPath.FromPointer(pointer))) ? Consequence.MayReplace
            : Consequence.InPlace;
    }
}
