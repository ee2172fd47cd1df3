using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>What a value of a property may be.</summary>
public enum PropertyKind
{
    /// <summary>Not checked.</summary>
    Any,
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,

    /// <summary>A JSON document: an object, or its text.</summary>
    Json,
}

/// <summary>One property of a resource type, or of a map within one.</summary>
public sealed record PropertySchema
{
    public required PropertyKind Kind { get; init; }
    public ImmutableArray<string> Enum { get; init; } = [];

    /// <summary>A regular expression (ECMA 262) that must be found in a text.</summary>
    public string? Pattern { get; init; }

    public long? MinLength { get; init; }
    public long? MaxLength { get; init; }
    public double? Min { get; init; }
    public double? Max { get; init; }
    public int? MinItems { get; init; }
    public int? MaxItems { get; init; }

    /// <summary>Of an array.</summary>
    public PropertySchema? Items { get; init; }

    /// <summary>Of an object with known keys.</summary>
    public FrozenDictionary<string, PropertySchema> Properties { get; init; } = FrozenDictionary<string, PropertySchema>.Empty;

    public ImmutableArray<string> Required { get; init; } = [];

    /// <summary>Of an object whose keys are free.</summary>
    public PropertySchema? Values { get; init; }

    /// <summary>Name of the definition that this stands for; see <see cref="ResourceSchema.Resolve"/>.</summary>
    public string? Reference { get; init; }
}

/// <summary>Whether a change of a property makes CloudFormation create the resource anew.</summary>
public enum Replacement
{
    Never,

    /// <summary>Depends on the values; CloudFormation's documentation says when.</summary>
    Conditionally,

    Always,
}

/// <summary>One resource type.</summary>
public sealed record ResourceSchema
{
    /// <summary>`AWS::ECS::Service`</summary>
    public required string Type { get; init; }

    /// <summary>The resource's properties, as one object.</summary>
    public required PropertySchema Root { get; init; }

    public required FrozenDictionary<string, PropertySchema> Definitions { get; init; }

    /// <summary>What <c>Fn::GetAtt</c> can ask for.</summary>
    public ImmutableArray<string> Attributes { get; init; } = [];

    /// <summary>Paths (`A/B`, `*` for any item) of properties that cannot be changed.</summary>
    public ImmutableArray<string> CreateOnly { get; init; } = [];

    public ImmutableArray<string> MaybeCreateOnly { get; init; } = [];

    /// <summary>Paths of the properties that name the resource.</summary>
    public ImmutableArray<string> Identifier { get; init; } = [];

    /// <summary>The schema that a reference stands for.</summary>
    public PropertySchema Resolve(PropertySchema schema) =>
        schema.Reference is { } name ? Definitions.GetValueOrDefault(name) ?? Anything : schema;

    /// <summary>What a change at a path means, such as `Port` or `TrafficRoutingConfig/TimeBasedCanary/CanaryInterval`.</summary>
    public Replacement ReplacementBy(string path) =>
        CreateOnly.Any(only => Touches(path, only)) ? Replacement.Always
        : MaybeCreateOnly.Any(only => Touches(path, only)) ? Replacement.Conditionally
        : Replacement.Never;

    private static PropertySchema Anything { get; } = new() { Kind = PropertyKind.Any };

    /// <summary>A change within it, of it, or of something around it.</summary>
    private static bool Touches(string changed, string only)
    {
        var left = changed.Split('/');
        var right = only.Split('/');
        for (var at = 0; at < Math.Min(left.Length, right.Length); at++)
        {
            if (right[at] is not "*" && !string.Equals(left[at], right[at], StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
