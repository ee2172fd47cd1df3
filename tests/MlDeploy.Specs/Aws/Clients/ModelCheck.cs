using System.Text.Json;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Wire;

namespace MlDeploy.Specs.Aws.Clients;

/// <summary>Compares a request or reply record with its shape in the official model; says each difference with its path.</summary>
internal sealed class ModelCheck(AwsService service, ApiModel model, bool request)
{
    private readonly List<string> problems = [];
    private readonly HashSet<(string, Type)> seen = [];

    public IReadOnlyList<string> Problems => problems;

    public int Members { get; private set; }

    public void Structure(string path, StructureShape ours, string shapeName)
    {
        if (!seen.Add((shapeName, ours.Type)))
        {
            return;
        }

        var shape = model.Shape(shapeName);
        if (shape.GetProperty("type").GetString() != "structure")
        {
            problems.Add($"{path}: {shapeName} is no structure in the model");
            return;
        }

        var theirs = shape.GetProperty("members").EnumerateObject().ToDictionary(member => WireName(member), member => member.Value);
        foreach (var member in ours.Members.Where(member => !member.IsBody))
        {
            Members++;
            var name = member.WireName(service.CamelCase && !(request && service.Protocol == AwsProtocol.Ec2));
            if (Located(member, shape) is { } located)
            {
                Value($"{path}.{name}", member.Shape, located);
            }
            else if (theirs.TryGetValue(name, out var their))
            {
                Value($"{path}.{name}", member.Shape, their);
            }
            else
            {
                problems.Add($"{path}: the model has no {name}");
            }
        }

        if (request && !ours.Members.Any(member => member.IsBody) && shape.TryGetProperty("required", out var required))
        {
            problems.AddRange(
                from name in required.EnumerateArray().Select(name => name.GetString()!)
                let mine = ours.Members.FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                where mine is not { Required: true }
                select $"{path}: {name} is required by the model, and not by us");
        }
    }

    // A REST member that stands in the path or the query.
    private JsonElement? Located(ShapeMember member, JsonElement shape)
    {
        if (service.Protocol != AwsProtocol.RestJson || !request || !member.Property.ReflectedType!.IsDefined(typeof(RestAttribute), inherit: false) || RestPath.InBody(member))
        {
            return null;
        }

        return shape.GetProperty("members").TryGetProperty(member.Name, out var theirs) && theirs.TryGetProperty("location", out var at) && at.GetString() is "uri" or "querystring" ? theirs : null;
    }

    private string WireName(JsonProperty member)
    {
        if (service.Protocol == AwsProtocol.Ec2 && request)
        {
            return member.Value.TryGetProperty("queryName", out var query)
                ? query.GetString()!
                : Capital(member.Value.TryGetProperty("locationName", out var capital) ? capital.GetString()! : member.Name);
        }

        return member.Value.TryGetProperty("locationName", out var location) && !member.Value.TryGetProperty("location", out _) ? location.GetString()! : member.Name;
    }

    private void Value(string path, Shape ours, JsonElement member)
    {
        var shapeName = member.GetProperty("shape").GetString()!;
        var shape = model.Shape(shapeName);
        var type = shape.GetProperty("type").GetString()!;
        switch (ours)
        {
            case ScalarShape scalar when !Fits(scalar.Kind, type):
                problems.Add($"{path}: {type} in the model, {scalar.Kind} here");
                break;
            case ScalarShape { Kind: ScalarKind.Time } when shape.TryGetProperty("timestampFormat", out var format) && !Expected(format.GetString()!):
                problems.Add($"{path}: times are {format} in the model");
                break;
            case ScalarShape:
                break;
            case ListShape list when type == "list":
                Flat(path, member, shape);
                Value(path + "[]", list.Element, shape.GetProperty("member"));
                break;
            case MapShape map when type == "map":
                Flat(path, member, shape);
                Value(path + "{}", map.Value, shape.GetProperty("value"));
                break;
            case StructureShape structure when type == "structure":
                Structure(path, structure, shapeName);
                break;
            default:
                problems.Add($"{path}: {type} in the model, {ours.GetType().Name} here");
                break;
        }
    }

    // The writers know one form each of lists and maps; a model that asks for another is told here.
    private void Flat(string path, JsonElement member, JsonElement shape)
    {
        if (service.Protocol != AwsProtocol.Query)
        {
            return;
        }

        if (shape.TryGetProperty("flattened", out _) || member.TryGetProperty("flattened", out _))
        {
            problems.Add($"{path} is flattened in the model");
        }

        var renamed = shape.TryGetProperty("member", out var item) && item.TryGetProperty("locationName", out var name) ? name.GetString() : null;
        if (request && renamed is not null and not "member")
        {
            problems.Add($"{path}: its items are called {renamed} in the model");
        }
    }

    private bool Expected(string format) => service.Protocol is AwsProtocol.Query or AwsProtocol.Ec2 ? format == "iso8601" : format == "unixTimestamp";

    private bool Fits(ScalarKind kind, string type) => (kind, type) switch
    {
        (ScalarKind.Text, "string") or (ScalarKind.Boolean, "boolean") or (ScalarKind.Integer, "integer") or (ScalarKind.Long, "integer" or "long")
            or (ScalarKind.Real, "float" or "double") or (ScalarKind.Time, "timestamp") or (ScalarKind.Blob, "blob") => true,
        (ScalarKind.Document, "structure") => service.Protocol is AwsProtocol.Json or AwsProtocol.RestJson,
        _ => false,
    };

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
