using System.Runtime.CompilerServices;
using System.Text;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Manifest;

/// <summary>Reads manifests for the specifications, and knows where the repository's files are.</summary>
internal static class Reading
{
    public const string BaseDirectory = "/srv/app";

    /// <summary>The least that is valid.</summary>
    public const string Minimal = """
        apiVersion: mldeploy/v1
        name: app
        version: v1
        application: { command: [run] }
        rollout: { strategy: all-at-once }

        """;

    public static string Reference { get; } = File.ReadAllText(RepositoryFile("templates/mlapp.reference.yaml"));

    public static ManifestResult Read(string yaml, string? environment = null, string[]? set = null, Dictionary<string, string>? variables = null) =>
        Read(Encoding.UTF8.GetBytes(yaml), environment, set, variables);

    public static ManifestResult Read(byte[] content, string? environment = null, string[]? set = null, Dictionary<string, string>? variables = null) =>
        ManifestReader.Read(new ManifestSource("mlapp.yaml", content, BaseDirectory)
        {
            Environment = environment,
            Overrides = [.. set ?? []],
            Variable = name => variables?.GetValueOrDefault(name),
        });

    public static AppManifest Valid(string yaml, string? environment = null, string[]? set = null, Dictionary<string, string>? variables = null)
    {
        var result = Read(yaml, environment, set, variables);
        Assert.True(result.Manifest is not null, Tool.Manifests.ProblemText.Of(result.Problems));
        return result.Manifest;
    }

    /// <summary>The one problem of a manifest that has exactly one.</summary>
    public static ManifestProblem OnlyProblem(string yaml, string? environment = null, string[]? set = null, Dictionary<string, string>? variables = null)
    {
        var result = Read(yaml, environment, set, variables);
        Assert.Null(result.Manifest);
        Assert.True(result.Problems.Length == 1, Tool.Manifests.ProblemText.Of(result.Problems));
        return result.Problems[0];
    }

    /// <summary>The minimal manifest with its rollout replaced.</summary>
    public static string WithRollout(string rollout) => Minimal.Replace("{ strategy: all-at-once }", rollout, StringComparison.Ordinal);

    /// <summary>The minimal manifest with something appended.</summary>
    public static string With(string more) => Minimal + more;

    public static string RepositoryFile(string path, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", path.Replace('/', Path.DirectorySeparatorChar));
}
