using System.Xml;
using System.Xml.Linq;

namespace MlDeploy.Aws.Clients.Wire;

/// <summary>
/// XML replies of the query protocols. Elements are found by their local names: each service has a namespace of its own.
/// Whatever is not asked for is passed over; a required member that is missing is a <see cref="FormatException"/>.
/// </summary>
internal sealed class XmlReplyReader(Shapes shapes, bool camelCase)
{
    // A document type in a reply could make us read files or unfold without end.
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };

    public static XElement Parse(byte[] body)
    {
        using var reader = XmlReader.Create(new MemoryStream(body), Settings);
        return XDocument.Load(reader).Root!;
    }

    public object Read(byte[] body, string action, Type response)
    {
        var shape = shapes.Structure(response);
        if (shape.Members.Count == 0)
        {
            return shape.Create();
        }

        var root = Parse(body);
        return Structure(Child(root, $"{action}Result") ?? root, shape);
    }

    private static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    private object Structure(XElement element, StructureShape shape)
    {
        var structure = shape.Create();
        foreach (var member in shape.Members)
        {
            var name = member.WireName(camelCase);
            if (Child(element, name) is { } child)
            {
                member.Property.SetValue(structure, Value(child, member.Shape));
            }
            else if (member.Required)
            {
                throw new FormatException($"the reply's {element.Name.LocalName} has no {name}");
            }
        }

        return structure;
    }

    private object? Value(XElement element, Shape shape) => shape switch
    {
        ScalarShape { Kind: ScalarKind.Text } => element.Value,
        ScalarShape => element.Value.Length == 0 ? null : Scalar(element, (ScalarShape)shape),
        ListShape list => list.Maker.Make(element.Elements().Select(item => Value(item, list.Element)!)),
        MapShape map => map.Maker.Make(element.Elements().Select(entry => KeyValuePair.Create(Child(entry, "key")!.Value, Value(Child(entry, "value")!, map.Value)!))),
        StructureShape structure => Structure(element, structure),
        _ => throw new InvalidOperationException($"{shape} is not read from XML"),
    };

    private static object Scalar(XElement element, ScalarShape shape)
    {
        try
        {
            return ScalarText.Read(shape.Kind, element.Value);
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            throw new FormatException($"the reply's {element.Name.LocalName} is not a {shape.Kind}", unreadable);
        }
    }
}
