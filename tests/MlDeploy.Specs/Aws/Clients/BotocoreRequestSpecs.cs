using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Wire;
using MlDeploy.Specs.Aws.Peers;

namespace MlDeploy.Specs.Aws.Clients;

/// <summary>The same request, written by us and by the official Python SDK, must be the same on the wire.</summary>
public class BotocoreRequestSpecs
{
    private static readonly Uri Endpoint = new("https://example.test");

    [Fact]
    public async Task Every_request_is_sent_as_botocore_sends_it()
    {
        var shapes = new Shapes();
        var samples = new Samples(shapes);
        var asked = new JsonArray();
        var ours = new List<(string Name, JsonObject Wire)>();
        foreach (var (service, type, _) in OurRequests.All)
        {
            var action = OurRequests.Action(type);
            var (value, plain) = samples.Of(type);
            asked.Add(new JsonObject
            {
                ["service"] = service.Name,
                ["action"] = action,
                ["protocol"] = service.Protocol switch { AwsProtocol.Query => "query", AwsProtocol.Ec2 => "ec2", AwsProtocol.Json => "json", _ => "rest-json" },
                ["members"] = type.Name == "RegisterTaskDefinitionRequest" ? plain["Definition"]!.DeepClone() : plain,
            });
            using var message = new WireProtocol(service, shapes).Write(action, value, Endpoint);
            ours.Add(($"{service}.{action}", await WireAsync(message)));
        }

        var script = Path.Combine(Golden.Repository, "tests/MlDeploy.Specs/Aws/Clients/botocore_requests.py");
        _ = ApiModel.Of(AwsServices.Sts);
        var theirs = JsonNode.Parse(Peer.Run("python3", [script], asked.ToJsonString())!)!.AsArray();

        Assert.Equal(ours.Count, theirs.Count);
        Assert.All(ours.Zip(theirs), pair => Assert.Equal(Text(pair.Second!), Text(pair.First.Wire)));
    }

    private static string Text(JsonNode node) => Sorted(node).ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    private static async Task<JsonObject> WireAsync(HttpRequestMessage message)
    {
        var body = message.Content is null ? "" : await message.Content.ReadAsStringAsync();
        var type = message.Content?.Headers.ContentType?.MediaType;
        var query = HttpUtility.ParseQueryString(message.RequestUri!.Query);
        return new JsonObject
        {
            ["method"] = message.Method.Method,
            ["path"] = message.RequestUri!.AbsolutePath + (query.Count == 0 ? "" : "?" + string.Join('&', query.AllKeys.Order(StringComparer.Ordinal).Select(key => $"{key}={Quoted(query[key]!)}"))),
            ["target"] = message.Headers.TryGetValues("X-Amz-Target", out var target) ? target.Single() : null,
            ["type"] = type,
            ["body"] = type == "application/x-www-form-urlencoded" ? Form(body) : body.Length == 0 ? new JsonObject() : JsonNode.Parse(body),
        };
    }

    private static JsonObject Form(string body)
    {
        var fields = HttpUtility.ParseQueryString(body);
        return new JsonObject(fields.AllKeys.Select(key => KeyValuePair.Create(key!, (JsonNode?)fields[key])));
    }

    // As Python's quote_plus writes it.
    private static string Quoted(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static JsonNode Sorted(JsonNode node) => node switch
    {
        JsonObject structure => new JsonObject(structure.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Where(pair => pair.Key != "type" || pair.Value is not null)
            .Select(pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : pair.Key == "type" ? MediaType(pair.Value) : Sorted(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => Sorted(item!))]),
        _ => node.DeepClone(),
    };

    // botocore names the charset of a form, and no type at all for REST bodies.
    private static JsonNode? MediaType(JsonNode type) => type.GetValue<string>().Split(';')[0];
}
