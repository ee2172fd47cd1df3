using System.Text.Json;
using MlDeploy.Core.Manifest;
using MlDeploy.Tool.Manifests;

namespace MlDeploy.Specs.Manifest;

/// <summary>How problems are told.</summary>
public class OutputSpecs
{
    private const string Wrong = """
        apiVersion: mldeploy/v1
        name: Fraud Scoring
        version: ${GIT_SHA}
        application:
          comand: [dotnet, run]
          health: { interval: 5, timeout: 50% }
          secrets: { DB_PASSWORD: hunter2 }
        rollout:
          steps: [ { weight: 5%, for: 1m }, { weight: 2%, for: 10m } ]
          expectedRequests: 2/s
          gates:
            - { metric: http.eror, max: 5% }
            - { metric: latency.p99, max: 5% }
            - { metric: memory.growth, max: 5MiB/min, maxRatio: 2 }
            - { metric: http.slow, max: 1% }
          confidence: 0.99
          onInconclusive: roll-back
        environments:
          production: { targets: { local: { listen: localhost:80 } } }

        """;

    private static readonly IReadOnlyCollection<ManifestProblem> Problems = Reading.Read(Wrong, set: ["rollout.setps=[]"]).Problems;

    [Fact]
    public void As_text() => Golden.Match("tests/MlDeploy.Specs/Manifest/problems.text.golden", ProblemText.Of(Problems));

    [Fact]
    public void As_json()
    {
        var json = ProblemJson.Of(Problems);
        using var document = JsonDocument.Parse(json);
        Assert.Equal(Problems.Count, document.RootElement.GetProperty("problems").GetArrayLength());
        Golden.Match("tests/MlDeploy.Specs/Manifest/problems.json.golden", json);
    }

    [Fact]
    public void As_github_annotations() => Golden.Match("tests/MlDeploy.Specs/Manifest/problems.github.golden", ProblemAnnotations.Of(Problems));

    [Fact]
    public void Annotations_are_at_most_ten_lines_and_say_how_many_more_there_are()
    {
        var many = Enumerable.Range(1, 25).Select(line => new ManifestProblem("m.yaml", line, 1, "a", "is wrong", null, null, "Correct it.")).ToList();
        var lines = ProblemAnnotations.Of(many).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, lines.Length);
        Assert.Equal("::error::16 more problems: the log of this step lists them all", lines[^1]);
        Assert.Equal(10, ProblemAnnotations.Of(many.Take(10).ToList()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void What_would_end_an_annotation_is_escaped()
    {
        var problem = new ManifestProblem("a,b:c%.yaml", 1, 2, "p", "50% wrong\r\n::error::injected", "x\ny", null, "Do.");
        Assert.Equal("::error file=a%2Cb%3Ac%25.yaml,line=1,col=2::p: 50%25 wrong%0D%0A::error::injected. Found: x%0Ay. Do.\n", ProblemAnnotations.Of([problem]));
    }

    [Fact]
    public void A_valid_manifest_is_said_to_be_valid()
    {
        using var document = JsonDocument.Parse(ProblemJson.Of([]));
        Assert.True(document.RootElement.GetProperty("valid").GetBoolean());
        Assert.Equal("mldeploy/validation/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal("", ProblemAnnotations.Of([]));
    }
}
