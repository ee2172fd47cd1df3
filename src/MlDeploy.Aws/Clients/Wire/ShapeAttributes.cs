namespace MlDeploy.Aws.Clients.Wire;

/// <summary>The name on the wire, where it is not the property's own.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WireNameAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Where a REST operation stands; members named in braces fill the path.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RestAttribute(string method, string path) : Attribute
{
    public string Method { get; } = method;
    public string Path { get; } = path;
}

/// <summary>The member of a REST request goes in the query under this name.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InQueryAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>The member is the body, whole; it has no name on the wire.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WholeBodyAttribute : Attribute;

/// <summary>
/// A second execution would do a second thing, and the service cannot tell: repeated only when the first one
/// certainly did nothing (throttled, or never connected).
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class NotRepeatableAttribute : Attribute;
