using System.Text.Json.Nodes;

namespace MlDeploy.Aws.Stacks.Planning;

/// <summary>What changing a property does to its resource.</summary>
public enum Consequence
{
    /// <summary>Changed in place.</summary>
    InPlace,

    /// <summary>The schema says "conditional": it depends on values and on the service.</summary>
    MayReplace,

    /// <summary>Create-only: the resource is made anew and the old one deleted.</summary>
    Replaces,

    /// <summary>There is no schema for the type.</summary>
    Unknown,
}

/// <summary>One value that differs between what is and what is to be.</summary>
/// <param name="Old">Null: not there. Never a secret: see <see cref="HiddenValues"/>.</param>
/// <param name="New">Null: not there any more.</param>
/// <param name="Because">Null when the manifest or the template changed; else the logical id of the replaced resource whose new name this value takes.</param>
public sealed record PropertyChange(PropertyPath Path, JsonNode? Old, JsonNode? New, Consequence Consequence = Consequence.InPlace, string? Because = null);
