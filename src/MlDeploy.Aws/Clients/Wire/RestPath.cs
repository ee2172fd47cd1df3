using System.Reflection;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>The path and query of a REST request, and which of its members they take.</summary>
internal sealed class RestPath(Shapes shapes)
{
    public (HttpMethod Method, string PathAndQuery) Of(object request)
    {
        var type = request.GetType();
        var rest = type.GetCustomAttribute<RestAttribute>() ?? throw new InvalidOperationException($"{type.Name} names no path");
        var path = rest.Path;
        var query = new List<string>();
        foreach (var member in shapes.Structure(type).Members)
        {
            var value = member.ValueOf(request);
            if (InPath(rest, member))
            {
                path = path.Replace($"{{{member.Name}}}", Uri.EscapeDataString(Text(member, value)), StringComparison.Ordinal);
            }
            else if (value is not null && member.Property.GetCustomAttribute<InQueryAttribute>() is { } inQuery)
            {
                query.Add($"{inQuery.Name}={Uri.EscapeDataString(Text(member, value))}");
            }
        }

        return (HttpMethod.Parse(rest.Method), query.Count == 0 ? path : $"{path}?{string.Join('&', query)}");
    }

    /// <summary>Goes in the JSON body.</summary>
    public static bool InBody(ShapeMember member) =>
        member.Property.GetCustomAttribute<InQueryAttribute>() is null && !InPath(member.Property.ReflectedType!.GetCustomAttribute<RestAttribute>()!, member);

    private static bool InPath(RestAttribute rest, ShapeMember member) => rest.Path.Contains($"{{{member.Name}}}", StringComparison.Ordinal);

    private static string Text(ShapeMember member, object? value) => value is not null && member.Shape is ScalarShape scalar
        ? ScalarText.Write(scalar.Kind, value)
        : throw new InvalidOperationException($"{member.Name} must be a single value to stand in a path or query");
}
