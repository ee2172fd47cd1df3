using System.Formats.Cbor;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace MlDeploy.AwsTwin.Front;

/// <summary>Writes outputs and errors as each AWS protocol does.</summary>
internal static class ReplyWriting
{
    private static readonly Dictionary<string, string> Namespaces = new()
    {
        ["cloudformation"] = "http://cloudformation.amazonaws.com/doc/2010-05-15/",
        ["elasticloadbalancing"] = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/",
        ["monitoring"] = "http://monitoring.amazonaws.com/doc/2010-08-01/",
        ["sns"] = "http://sns.amazonaws.com/doc/2010-03-31/",
        ["iam"] = "https://iam.amazonaws.com/doc/2010-05-08/",
        ["sts"] = "https://sts.amazonaws.com/doc/2011-06-15/",
    };

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static (string ContentType, byte[] Body) Output(TwinRequest request, JsonObject output) => request.Protocol switch
    {
        WireProtocol.Query or WireProtocol.Ec2 or WireProtocol.RestXml => ("text/xml", Encoding.UTF8.GetBytes(QueryXml(request, output).ToString(SaveOptions.DisableFormatting))),
        WireProtocol.Cbor => ("application/cbor", Cbor(output)),
        WireProtocol.RestJson => ("application/json", JsonBytes(output)),
        _ => ("application/x-amz-json-1.1", JsonBytes(output)),
    };

    public static (string ContentType, byte[] Body) Error(TwinRequest request, AwsError error)
    {
        var fault = error.Status >= 500 ? "Receiver" : "Sender";
        switch (request.Protocol)
        {
            case WireProtocol.Query:
                XNamespace space = Namespaces.GetValueOrDefault(request.Service, $"http://{request.Service}.amazonaws.com/doc/{request.ApiVersion}/");
                return ("text/xml", Xml(new XElement(space + "ErrorResponse",
                    new XElement(space + "Error", new XElement(space + "Type", fault), new XElement(space + "Code", error.Code), new XElement(space + "Message", error.Message)),
                    new XElement(space + "RequestId", request.RequestId))));
            case WireProtocol.Ec2:
                return ("text/xml", Xml(new XElement("Response",
                    new XElement("Errors", new XElement("Error", new XElement("Code", error.Code), new XElement("Message", error.Message))),
                    new XElement("RequestID", request.RequestId))));
            case WireProtocol.RestXml:
                return ("application/xml", Xml(new XElement("Error",
                    new XElement("Code", error.Code), new XElement("Message", error.Message), new XElement("RequestId", request.RequestId))));
            case WireProtocol.Cbor:
                return ("application/cbor", Cbor(new JsonObject { ["__type"] = error.Code, ["message"] = error.Message }));
            case WireProtocol.RestJson:
                return ("application/json", JsonBytes(new JsonObject { ["message"] = error.Message }));
            default:
                return ("application/x-amz-json-1.1", JsonBytes(new JsonObject { ["__type"] = error.Code, ["message"] = error.Message }));
        }
    }

    private static XElement QueryXml(TwinRequest request, JsonObject output)
    {
        XNamespace space = Namespaces.GetValueOrDefault(request.Service, $"http://{request.Service}.amazonaws.com/doc/{request.ApiVersion}/");
        var result = new XElement(space + (request.Action + "Result"));
        Append(result, space, output);
        return new XElement(space + (request.Action + "Response"), result,
            new XElement(space + "ResponseMetadata", new XElement(space + "RequestId", request.RequestId)));
    }

    private static void Append(XElement parent, XNamespace space, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields)
                {
                    if (value is null)
                    {
                        continue;
                    }

                    var child = new XElement(space + name);
                    Append(child, space, value);
                    parent.Add(child);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    var member = new XElement(space + "member");
                    Append(member, space, item);
                    parent.Add(member);
                }

                break;
            case JsonValue value:
                parent.Value = TimeOf(value) is { } time ? Iso(time) : InputReading.Plain(value);
                break;
        }
    }

    private static byte[] JsonBytes(JsonNode output)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, output);
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject fields:
                writer.WriteStartObject();
                foreach (var (name, value) in fields.Where(field => field.Value is not null))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValue value when TimeOf(value) is { } time:
                writer.WriteNumberValue(time.ToUnixTimeMilliseconds() / 1000.0);
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    private static byte[] Cbor(JsonNode output)
    {
        var writer = new CborWriter();
        WriteCbor(writer, output);
        return writer.Encode();
    }

    private static void WriteCbor(CborWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNull();
                break;
            case JsonObject fields:
                var present = fields.Where(field => field.Value is not null).ToList();
                writer.WriteStartMap(present.Count);
                foreach (var (name, value) in present)
                {
                    writer.WriteTextString(name);
                    WriteCbor(writer, value);
                }

                writer.WriteEndMap();
                break;
            case JsonArray items:
                writer.WriteStartArray(items.Count);
                foreach (var item in items)
                {
                    WriteCbor(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValue value when TimeOf(value) is { } time:
                writer.WriteTag(CborTag.UnixTimeSeconds);
                writer.WriteDouble(time.ToUnixTimeMilliseconds() / 1000.0);
                break;
            case JsonValue value:
                WriteCborScalar(writer, value);
                break;
        }
    }

    private static void WriteCborScalar(CborWriter writer, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.True or JsonValueKind.False:
                writer.WriteBoolean(value.GetValueKind() == JsonValueKind.True);
                break;
            case JsonValueKind.Number when long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var whole):
                writer.WriteInt64(whole);
                break;
            case JsonValueKind.Number:
                writer.WriteDouble(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteTextString(InputReading.Plain(value));
                break;
        }
    }

    /// <summary>A value made from a DateTimeOffset, not a string that looks like one.</summary>
    private static DateTimeOffset? TimeOf(JsonValue value) =>
        value.TryGetValue<object>(out var content) && content is DateTimeOffset time ? time : null;

    private static byte[] Xml(XElement element) => Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
}
