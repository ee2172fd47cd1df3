using System.Text.Json;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Samples;

/// <summary>What of the sample can break without anybody running it: its manifest and the models it was given.</summary>
public sealed class FraudScoringSpecs
{
    private static readonly string Folder = Path.Combine(Golden.Repository, "samples", "fraud-scoring");

    [Theory]
    [InlineData("v1", "model-v1.json", "none")]
    [InlineData("v2", "model-v2.json", "none")]
    [InlineData("v3", "model-v2.json", "throws")]
    [InlineData("v4", "model-v2.json", "slow")]
    [InlineData("v5", "model-v2.json", "leaks")]
    [InlineData("v6", "model-v2.json", "milliseconds")]
    public void Each_version_of_the_sample_is_a_valid_manifest_and_names_a_model_that_is_there(string version, string model, string fault)
    {
        var content = File.ReadAllBytes(Path.Combine(Folder, "mlapp.yaml"));

        var result = ManifestReader.Read(new ManifestSource("mlapp.yaml", content, Folder) { Environment = version });

        Assert.Empty(result.Problems);
        Assert.Equal(version, result.Manifest!.Version);
        Assert.Equal(model, result.Manifest.Application.Environment["MODEL"]);
        Assert.Equal(fault, result.Manifest.Application.Environment["FAULT"]);
        Assert.True(File.Exists(Path.Combine(Folder, model)));
    }

    [Theory]
    [InlineData("model-v1.json")]
    [InlineData("model-v2.json")]
    public void A_model_asks_only_about_features_it_lists_and_stays_small(string file)
    {
        var path = Path.Combine(Folder, file);
        using var model = JsonDocument.Parse(File.ReadAllBytes(path));
        var features = model.RootElement.GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("name").GetString()!).ToHashSet();

        var asked = model.RootElement.GetProperty("trees").EnumerateArray().SelectMany(Questions).ToHashSet();

        Assert.NotEmpty(asked);
        Assert.Subset(features, asked);
        Assert.True(new FileInfo(path).Length < 200_000);
    }

    private static IEnumerable<string> Questions(JsonElement node) => node.ValueKind == JsonValueKind.Number
        ? []
        : [node.GetProperty("if").GetString()!, .. Questions(node.GetProperty("yes")), .. Questions(node.GetProperty("no"))];
}
