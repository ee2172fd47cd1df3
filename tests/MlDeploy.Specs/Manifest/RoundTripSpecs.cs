using FsCheck;
using FsCheck.Fluent;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Manifest;

/// <summary>What the host stores with a version is the manifest itself, not nearly it.</summary>
public class RoundTripSpecs
{
    [Fact]
    public void The_canonical_form_of_the_reference_manifest_reads_back_equal() => ReadsBackEqual(Reading.Valid(Reading.Reference));

    [Fact]
    public void The_canonical_form_of_a_minimal_manifest_reads_back_equal() => ReadsBackEqual(Reading.Valid(Reading.Minimal));

    [Fact]
    public void A_variable_stays_filled_and_is_not_filled_again()
    {
        var manifest = Reading.Valid(Reading.Minimal.Replace("command: [run]", "command: [run, \"$$${A}\"], port: \"${P}\"", StringComparison.Ordinal),
            variables: new() { ["A"] = "{HOME}", ["P"] = "9000" });
        Assert.Equal("${HOME}", manifest.Application.Command[1]);
        Assert.Equal(9000, manifest.Application.Port);
        ReadsBackEqual(manifest);
    }

    [Fact]
    public void Defaults_are_written_out()
    {
        var json = Reading.Valid(Reading.Minimal).CanonicalJson;
        Assert.Contains("\"interval\":\"5s\"", json, StringComparison.Ordinal);
        Assert.Contains("\"workingDirectory\":\"/srv/app\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("gates", json, StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_of_keys_in_the_file_does_not_matter()
    {
        var reordered = """
            rollout: { strategy: all-at-once }
            application: { command: [run] }
            version: "v1"
            name: app
            apiVersion: mldeploy/v1
            """;
        Assert.Equal(Reading.Valid(Reading.Minimal).CanonicalJson, Reading.Valid(reordered).CanonicalJson);
    }

    [Fact]
    public void Any_text_in_the_environment_reads_back_equal() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(1, 7), Prop.ForAll(Texts().ToArbitrary(), text =>
            ReadsBackEqual(Reading.Valid(Reading.Minimal, set: [$"application.environment.TEXT=\"{Escaped(text)}\""]))));

    [Fact]
    public void Any_combination_of_variations_reads_back_equal()
    {
        var changes = EveryLeafChanges();
        var subsets = Gen.SubListOf<string>(changes).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(2, 9), Prop.ForAll(subsets, chosen =>
            ReadsBackEqual(Reading.Valid(Reading.Reference, set: [.. chosen]))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"apiVersion\":\"mldeploy/v1\",\"apiVersion\":\"mldeploy/v1\"}")]
    public void A_damaged_copy_is_a_problem_and_no_exception(string json)
    {
        var result = ManifestReader.ReadCanonical(json);
        Assert.Null(result.Manifest);
        Assert.NotEmpty(result.Problems);
    }

    private static void ReadsBackEqual(AppManifest manifest)
    {
        var again = ManifestReader.ReadCanonical(manifest.CanonicalJson);
        Assert.Empty(again.Problems);
        Assert.Equal(Structure.Of(manifest), Structure.Of(again.Manifest));
    }

    /// <summary>Settings that are valid in any combination.</summary>
    private static string[] EveryLeafChanges() =>
    [
        "version=1.10", "version=null-1", "application.port=1", "application.drain=1m30s", "application.snapshotLimit=1.5GiB", "application.health.path=/a%20b",
        "application.environment={A: \"true\", B: 1.50, C: \"\", D: \"a\\nb\", E: \"é \\U0001F600 <&>\"}", "model.range=[-1e3, 2.5]", "rollout.confidence=99.99%",
        "rollout.steps[0].weight=4.5%", "rollout.expectedRequests=100000/h", "rollout.gates[5].max=3", "rollout.gates[4].max=1.5KB/s", "rollout.tests[0].http.body=[null, true, 1.50, \"1\", {a: {}}]",
        "rollout.tests[0].http.expect.json[\"$.x\"]=[1, \"a\"]", "rollout.tests[0].http.expect.json[\"$.y\"]=\"1\"", "rollout.stickiness=null", "monitoring=null", "targets.aws.overrides={A: {B: [1, \"2\", null]}}",
        "targets.aws.tags={b: \"1\", a: x}", "training=null", "scaling={min: 3}", "notifications=null", "application.secrets.X=secretsmanager:arn:aws:secretsmanager:eu-central-1:1:secret:x",
    ];

    private static Gen<string> Texts() => Gen.ArrayOf(Gen.OneOf(
        Gen.Choose(32, 126).Select(code => ((char)code).ToString()),
        Gen.Elements("\n", "\t", "é", "\u2028", "😀", "${", "$$", "null", ": ", " #"))).Select(parts => string.Concat(parts));

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
}
