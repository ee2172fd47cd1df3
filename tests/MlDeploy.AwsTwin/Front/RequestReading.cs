using System.Formats.Cbor;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace MlDeploy.AwsTwin.Front;

/// <summary>Tells from a request's signature, headers, path and form which service and action it asks for.</summary>
internal static class RequestReading
{
    /// <summary>Names the part of the twin that calls; ordinary clients do not send it.</summary>
    public const string CallerHeader = "X-Twin-Caller";

    /// <summary>`client`, or the part of the twin that calls.</summary>
    public static string Caller(IHeaderDictionary headers) => headers.TryGetValue(CallerHeader, out var caller) ? caller.ToString() : "client";

    /// <param name="body">Empty for S3, whose bodies are data and are streamed.</param>
    public static TwinRequest Read(HttpContext context, byte[] body)
    {
        var headers = context.Request.Headers;
        var (accessKey, region, service) = Scope(context);
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        var query = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        var request = new TwinRequest
        {
            Service = service,
            Action = "",
            Protocol = WireProtocol.RestXml,
            Region = region,
            AccessKey = accessKey,
            Caller = Caller(headers),
            Method = context.Request.Method,
            Path = path,
            Query = query,
            Headers = headers,
            Body = body,
            Input = [],
        };
        if (service is "s3")
        {
            return request with { Action = RestActions.OfS3(request) };
        }

        body = Plain(headers, body);
        if (headers.TryGetValue("X-Amz-Target", out var target))
        {
            return request with { Action = target.ToString().Split('.')[^1], Protocol = WireProtocol.Json, Input = Json(body) };
        }

        if (headers["Smithy-Protocol"] == "rpc-v2-cbor")
        {
            return request with { Action = path.Split('/')[^1], Protocol = WireProtocol.Cbor, Input = body.Length == 0 ? [] : (JsonObject)Cbor(new CborReader(body))! };
        }

        var form = Form(context.Request, body, query);
        if (form.TryGetValue("Action", out var action))
        {
            return request with
            {
                Action = action,
                Protocol = service == "ec2" ? WireProtocol.Ec2 : WireProtocol.Query,
                Input = FormTree.Parse(form),
                ApiVersion = form.GetValueOrDefault("Version"),
            };
        }

        return request with { Action = RestActions.OfRestJson(request), Protocol = WireProtocol.RestJson, Input = Json(body) };
    }

    /// <summary>The credential scope of the Authorization header or of a presigned query.</summary>
    public static (string AccessKey, string Region, string Service) Scope(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var start = authorization.IndexOf("Credential=", StringComparison.Ordinal);
        var scope = start >= 0 ? authorization[(start + "Credential=".Length)..].Split(',')[0].Trim() : context.Request.Query["X-Amz-Credential"].ToString();
        var parts = scope.Split('/');
        return parts.Length == 5 ? (parts[0], parts[2], parts[3].ToLowerInvariant()) : ("", "us-east-1", "s3");
    }

    /// <summary>Official clients compress what they put into CloudWatch when it is large; whoever is passed the request gets it as it came.</summary>
    private static byte[] Plain(IHeaderDictionary headers, byte[] body)
    {
        if (!headers.ContentEncoding.ToString().Equals("gzip", StringComparison.OrdinalIgnoreCase))
        {
            return body;
        }

        using var plain = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
        {
            gzip.CopyTo(plain);
        }

        return plain.ToArray();
    }

    private static Dictionary<string, string> Form(HttpRequest request, byte[] body, Dictionary<string, string> query)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return query;
        }

        using var reader = new FormReader(Encoding.UTF8.GetString(body)) { ValueCountLimit = 100_000, ValueLengthLimit = 16 << 20 };
        return reader.ReadForm().ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }

    private static JsonObject Json(byte[] body)
    {
        if (body.Length == 0)
        {
            return [];
        }

        try
        {
            return JsonNode.Parse(body) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            throw new AwsError("SerializationException", "The request body is not valid JSON");
        }
    }

    private static JsonNode? Cbor(CborReader reader)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.Tag:
                reader.ReadTag();
                return Cbor(reader);
            case CborReaderState.StartMap:
                var fields = new JsonObject();
                reader.ReadStartMap();
                while (reader.PeekState() != CborReaderState.EndMap)
                {
                    var name = reader.ReadTextString();
                    fields[name] = Cbor(reader);
                }

                reader.ReadEndMap();
                return fields;
            case CborReaderState.StartArray:
                var items = new JsonArray();
                reader.ReadStartArray();
                while (reader.PeekState() != CborReaderState.EndArray)
                {
                    items.Add(Cbor(reader));
                }

                reader.ReadEndArray();
                return items;
            case CborReaderState.TextString or CborReaderState.StartIndefiniteLengthTextString:
                return JsonValue.Create(reader.ReadTextString());
            case CborReaderState.ByteString:
                return JsonValue.Create(Convert.ToBase64String(reader.ReadByteString()));
            case CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger:
                return JsonValue.Create(reader.ReadInt64());
            case CborReaderState.HalfPrecisionFloat or CborReaderState.SinglePrecisionFloat or CborReaderState.DoublePrecisionFloat:
                return JsonValue.Create(reader.ReadDouble());
            case CborReaderState.Boolean:
                return JsonValue.Create(reader.ReadBoolean());
            default:
                reader.SkipValue();
                return null;
        }
    }
}

/// <summary>`Tags.member.1.Key=a` as `{"Tags":[{"Key":"a"}]}`: AWS's flattening of structures into forms, undone.</summary>
internal static class FormTree
{
    public static JsonObject Parse(IReadOnlyDictionary<string, string> form)
    {
        var root = new Node();
        foreach (var (name, value) in form)
        {
            if (name is "Action" or "Version")
            {
                continue;
            }

            var node = root;
            foreach (var part in name.Split('.'))
            {
                node = node.Child(part);
            }

            node.Value = value;
        }

        return (JsonObject)root.ToJson()!;
    }

    private sealed class Node
    {
        private readonly Dictionary<string, Node> children = [];

        public string? Value { get; set; }

        public Node Child(string name) => children.TryGetValue(name, out var child) ? child : children[name] = new Node();

        public JsonNode? ToJson()
        {
            // A lone name without further parts is a value, or an empty list when it ends with '=' (`Tags=`).
            if (children.Count == 0)
            {
                return Value is null ? new JsonObject() : JsonValue.Create(Value);
            }

            if (children.Count == 1 && children.Keys.Single() is "member" or "entry" && children.Values.First().IsList)
            {
                return children.Values.First().ToJson();
            }

            if (IsList)
            {
                return new JsonArray([.. children.OrderBy(child => int.Parse(child.Key, CultureInfo.InvariantCulture)).Select(child => child.Value.ToJson())]);
            }

            return new JsonObject(children.Select(child => KeyValuePair.Create(child.Key, child.Value.ToJson())));
        }

        private bool IsList => children.Count > 0 && children.Keys.All(name => int.TryParse(name, CultureInfo.InvariantCulture, out _));
    }
}
