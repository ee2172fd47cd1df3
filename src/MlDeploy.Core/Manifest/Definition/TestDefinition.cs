using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Manifest.Yaml;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`rollout.tests[]`: what a candidate must pass before any production traffic.</summary>
internal static class TestDefinition
{
    private static readonly Setting<long> Status = Defaulted("status", new IntegerType(100, 599), "200", "The status that must be answered.");
    private static readonly Setting<ImmutableArray<Named<JsonExpectation>>> Json = Defaulted("json", new MapType<JsonExpectation>(new ExpectationType(), "JSON paths", "what is expected there", Names.JsonPath), "{}", "JSON paths of the reply and what is expected there: { min, max } for a number, { equals } for any value, {} for presence.");

    private static readonly Section<Expected> ExpectSection = new("expect", [Status, Json],
        values => new Expected((int)values.Get(Status), [.. values.Get(Json).Select(entry => entry.Value with { Path = entry.Key })]));

    private static readonly Setting<string> Method = Defaulted("method", new ChoiceType<string>(new("GET", "GET"), new("POST", "POST"), new("PUT", "PUT"), new("PATCH", "PATCH"), new("DELETE", "DELETE"), new("HEAD", "HEAD"), new("OPTIONS", "OPTIONS")), "GET", "The request's method.");
    private static readonly Setting<string> Path = Defaulted("path", Types.UrlPath, "/", "The request's path.");
    private static readonly Setting<ImmutableArray<Named<string>>> Headers = Defaulted("headers", Types.TextMap("header names", "text", Names.Token), "{}", "The request's headers.");
    private static readonly Setting<string> Body = Optional("body", new JsonType("any JSON"), "JSON that is sent as the request's body.");
    private static readonly Setting<Expected> Expect = Defaulted("expect", ExpectSection, "{}", "What must be answered.");

    private static readonly Section<HttpTest> HttpSection = new("httpTest", [Method, Path, Headers, Body, Expect], values => new HttpTest
    {
        Method = values.Get(Method),
        Path = values.Get(Path),
        Headers = Types.Sorted(values.Get(Headers)),
        Body = values.OrNull(Body),
        ExpectStatus = values.Get(Expect).Status,
        ExpectJson = values.Get(Expect).Json,
    });

    private static readonly Setting<string> Name = Required("name", Types.Label("a test's name"), "Names the test in output.");
    private static readonly Setting<HttpTest> Http = Optional("http", HttpSection, "A request to the candidate. Exactly one of http and command is set.");
    private static readonly Setting<ImmutableArray<string>> Command = Optional("command", Types.Command, "A program and its arguments, run in the working directory with MLDEPLOY_CANDIDATE_URL set; exit code 0 passes. Exactly one of http and command is set.");
    private static readonly Setting<TimeSpan> Timeout = Defaulted("timeout", Types.Duration("100ms", "1h", "30s"), "30s", "A test that takes longer fails.");

    public static readonly Section<PreTrafficTest> Section = new("test", [Name, Http, Command, Timeout], values => new PreTrafficTest
    {
        Name = values.Get(Name),
        Http = values.OrNull(Http),
        Command = values.Get(Command),
        Timeout = values.Get(Timeout),
    });

    private sealed record Expected(int Status, ImmutableArray<JsonExpectation> Json);
}

/// <summary>What a test expects at a JSON path; a bare value is short for `{ equals: value }`.</summary>
internal sealed class ExpectationType : SettingType<JsonExpectation>
{
    private static readonly Setting<double> Min = Optional("min", new NumberType(double.NegativeInfinity, double.PositiveInfinity, "0.8"), "The least the number there may be.");
    private static readonly Setting<double> Max = Optional("max", new NumberType(double.NegativeInfinity, double.PositiveInfinity, "1"), "The most the number there may be.");
    private static readonly Setting<string> EqualTo = Optional("equals", new JsonType("any JSON"), "The JSON value that must stand there.");

    private static readonly Section<JsonExpectation> Map = new("expectation", [Min, Max, EqualTo],
        values => new JsonExpectation("", values.OrNone(Min), values.OrNone(Max), values.OrNull(EqualTo)));

    public override JsonExpectation Fallback => new("", null, null, null);

    public override string Describe => "{ min, max } for a number, { equals } for any value, {} for presence";

    public override IReadOnlyList<Setting> Settings => Map.Settings;

    protected override bool AcceptsNull => true;

    public override JsonNode Schema(SchemaDefinitions definitions) => new JsonObject
    {
        ["anyOf"] = new JsonArray(Map.Schema(definitions), new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "array", "null") }),
    };

    public override void WriteCanonical(Node node, Utf8JsonWriter writer, string baseDirectory)
    {
        if (node is MapNode)
        {
            Map.WriteCanonical(node, writer, baseDirectory);
        }
        else
        {
            JsonTreeReader.Write(node, writer);
        }
    }

    protected override JsonExpectation ReadValue(Node node, SettingPath path, ReadContext context) =>
        node is MapNode ? Map.Read(node, path, context) : new JsonExpectation("", null, null, JsonTreeReader.Write(node));
}
