using System.Text.Json.Nodes;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Yaml;
using MlDeploy.Tool.Manifests;

namespace MlDeploy.Specs.Manifest;

/// <summary>One definition: the reference manifest, the docs, the schema and the records all say the same.</summary>
public class DefinitionSpecs
{
    /// <summary>Alternatives to what the reference manifest sets: they stand in its comments.</summary>
    private static readonly Dictionary<string, string> InComments = new(StringComparer.Ordinal)
    {
        ["application.image"] = "(image: ",
        ["rollout.stickiness.cookie"] = "or cookie: ",
    };

    [Fact]
    public void The_reference_manifest_is_valid() => Reading.Valid(Reading.Reference);

    [Fact]
    public void The_reference_manifest_is_valid_in_production()
    {
        var production = Reading.Valid(Reading.Reference, environment: "production");
        Assert.Equal((2, "eu-west-1"), (production.Scaling.Min, production.Targets.Aws?.Region));
    }

    [Fact]
    public void The_reference_manifest_shows_every_setting()
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        var problems = new ProblemList();
        Collect(YamlTreeReader.Read("reference", Reading.Reference, problems)!, "", shown);
        foreach (var (path, comment) in InComments)
        {
            Assert.Contains(comment, Reading.Reference, StringComparison.Ordinal);
            shown.Add(path);
        }

        Assert.Empty(SettingsReference.Paths().Except(shown));
    }

    [Fact]
    public void The_page_of_every_setting_is_current() => Golden.Match("docs/manifest.md", SettingsReference.Markdown());

    [Fact]
    public void What_a_record_has_by_default_is_what_the_definition_has()
    {
        var read = Reading.Valid(Reading.Minimal);
        var made = new AppManifest
        {
            Name = "app",
            Version = "v1",
            Application = new ApplicationSettings { Command = ["run"], WorkingDirectory = Reading.BaseDirectory },
            Rollout = new RolloutSettings { Strategy = Strategy.AllAtOnce, Gates = DefaultGates.For(null), GatesAreDefaults = true },
            CanonicalJson = read.CanonicalJson,
        };
        Assert.Equal(Structure.Of(made), Structure.Of(read));
    }

    [Fact]
    public void The_template_of_init_is_valid() => Reading.Valid(InitTemplate.For("fraud-scoring"));

    [Theory]
    [InlineData("My_Model v2", "my-model-v2")]
    [InlineData("123", "app")]
    [InlineData("2nd-model", "nd-model")]
    [InlineData("", "app")]
    [InlineData("a-very-long-folder-name--that-goes-on", "a-very-long-folder-name")]
    public void A_folder_gives_a_valid_name(string folder, string name)
    {
        Assert.Equal(name, InitTemplate.NameFrom(folder));
        Reading.Valid(InitTemplate.For(name));
    }

    [Fact]
    public void The_schema_is_stable_and_every_reference_in_it_leads_somewhere()
    {
        var text = JsonSchema.Text();
        Assert.Equal(text, JsonSchema.Text());
        var schema = JsonNode.Parse(text)!.AsObject();
        var definitions = schema["$defs"]!.AsObject();
        foreach (var reference in References(schema))
        {
            Assert.StartsWith("#/$defs/", reference, StringComparison.Ordinal);
            Assert.True(definitions.ContainsKey(reference["#/$defs/".Length..]), reference);
        }
    }

    [Fact]
    public void The_schema_knows_every_setting()
    {
        var schema = JsonNode.Parse(JsonSchema.Text())!.AsObject();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in schema["$defs"]!.AsObject().Select(definition => definition.Value!.AsObject()).Append(schema))
        {
            names.UnionWith(section["properties"]?.AsObject().Select(property => property.Key) ?? []);
        }

        Assert.Empty(SettingsReference.Paths().Select(path => path[(path.LastIndexOf('.') + 1)..]).Except(names));
    }

    private static void Collect(Node node, string path, HashSet<string> shown)
    {
        var paths = SettingsReference.Paths().ToHashSet(StringComparer.Ordinal);
        foreach (var entry in (node as MapNode)?.Entries ?? [])
        {
            var below = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
            if (below is "environments.production")
            {
                below = "";
            }
            else if (!paths.Contains(below) && paths.Any(known => known.StartsWith($"{path}.*.", StringComparison.Ordinal)))
            {
                below = $"{path}.*";
            }

            shown.Add(below);
            Collect(entry.Value, below, shown);
        }

        foreach (var item in (node as ListNode)?.Items ?? [])
        {
            Collect(item, path + "[]", shown);
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => entry is { Key: "$ref", Value: JsonValue target } ? [target.GetValue<string>()] : References(entry.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
