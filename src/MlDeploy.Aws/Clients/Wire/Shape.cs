using System.Reflection;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>The kinds of a single value.</summary>
internal enum ScalarKind
{
    Text,
    Integer,
    Long,
    Real,
    Boolean,

    /// <summary>A time: seconds since 1970 in JSON, ISO 8601 elsewhere.</summary>
    Time,

    /// <summary>Bytes; base 64 on the wire.</summary>
    Blob,

    /// <summary>JSON that is passed on as it is.</summary>
    Document,
}

/// <summary>What a type of a request or reply is on the wire, whichever the protocol.</summary>
internal abstract record Shape;

internal sealed record ScalarShape(ScalarKind Kind) : Shape;

internal sealed record ListShape(Shape Element, IListMaker Maker) : Shape;

/// <summary>Keys are text.</summary>
internal sealed record MapShape(Shape Value, IMapMaker Maker) : Shape;

/// <param name="Read">The members; read when first asked for, so that a type may hold itself.</param>
internal sealed record StructureShape(Type Type, Lazy<IReadOnlyList<ShapeMember>> Read) : Shape
{
    public IReadOnlyList<ShapeMember> Members => Read.Value;

    public object Create() => Activator.CreateInstance(Type)!;
}

/// <param name="Explicit">The name on the wire where it is not the property's own.</param>
/// <param name="Required">Marked `required`: a reply without it is not understood.</param>
/// <param name="SendEmpty">An empty list or map is sent, since null says "as it is".</param>
internal sealed record ShapeMember(PropertyInfo Property, string? Explicit, Shape Shape, bool Required, bool SendEmpty)
{
    public string Name => Property.Name;

    public string WireName(bool camelCase) =>
        Explicit ?? (camelCase ? char.ToLowerInvariant(Name[0]) + Name[1..] : Name);

    /// <summary>Stands for the whole body of the request.</summary>
    public bool IsBody => Property.IsDefined(typeof(WholeBodyAttribute), inherit: false);

    /// <summary>Null too for an empty list or map that is not to be sent.</summary>
    public object? ValueOf(object structure)
    {
        var value = Property.GetValue(structure);
        return value is not null && !SendEmpty && IsEmpty(value) ? null : value;
    }

    private bool IsEmpty(object value) => Shape switch
    {
        ListShape list => !list.Maker.Items(value).Any(),
        MapShape map => !map.Maker.Items(value).Any(),
        _ => false,
    };
}
