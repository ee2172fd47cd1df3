namespace MlDeploy.Aws.Clients.Wire;

/// <summary>
/// The fields of a form, as the query protocol flattens a request: `Tags.member.1.Key`, `Attributes.entry.1.key`;
/// in the ec2 dialect lists have no `member` (`Filter.1.Value.1`).
/// </summary>
internal sealed class QueryWriter(Shapes shapes, bool ec2)
{
    public IReadOnlyList<KeyValuePair<string, string>> Write(string action, string version, object request)
    {
        var fields = new List<KeyValuePair<string, string>> { new("Action", action), new("Version", version) };
        Structure("", shapes.Structure(request.GetType()), request, fields);
        return fields;
    }

    private void Value(string name, Shape shape, object value, List<KeyValuePair<string, string>> fields)
    {
        switch (shape)
        {
            case ScalarShape scalar:
                fields.Add(new(name, ScalarText.Write(scalar.Kind, value)));
                break;
            case ListShape list:
                List(name, list, value, fields);
                break;
            case MapShape map:
                Map(name, map, value, fields);
                break;
            case StructureShape structure:
                Structure(name + ".", structure, value, fields);
                break;
            default:
                throw new InvalidOperationException($"{name}: {shape} has no form in a query");
        }
    }

    private void Structure(string prefix, StructureShape shape, object structure, List<KeyValuePair<string, string>> fields)
    {
        foreach (var member in shape.Members)
        {
            if (member.ValueOf(structure) is { } value)
            {
                Value(prefix + member.WireName(camelCase: false), member.Shape, value, fields);
            }
        }
    }

    private void List(string name, ListShape shape, object list, List<KeyValuePair<string, string>> fields)
    {
        var index = 0;
        foreach (var item in shape.Maker.Items(list))
        {
            index++;
            Value(ec2 ? $"{name}.{index}" : $"{name}.member.{index}", shape.Element, item, fields);
        }

        if (index == 0 && !ec2)
        {
            fields.Add(new(name, ""));
        }
    }

    private void Map(string name, MapShape shape, object map, List<KeyValuePair<string, string>> fields)
    {
        var index = 0;
        foreach (var (key, value) in shape.Maker.Items(map))
        {
            index++;
            fields.Add(new($"{name}.entry.{index}.key", key));
            Value($"{name}.entry.{index}.value", shape.Value, value, fields);
        }
    }
}
