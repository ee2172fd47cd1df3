using System.Globalization;
using System.Text;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Tool.Manifests;

/// <summary>Problems for a reader: one line that says where and what (editors and terminals follow `file:line:column`), the rest below it.</summary>
public static class ProblemText
{
    public static string Of(IReadOnlyCollection<ManifestProblem> problems)
    {
        var text = new StringBuilder();
        foreach (var problem in problems)
        {
            Append(text, problem);
        }

        text.Append(problems.Count == 1 ? "1 problem.\n" : string.Create(CultureInfo.InvariantCulture, $"{problems.Count} problems.\n"));
        return text.ToString();
    }

    private static void Append(StringBuilder text, ManifestProblem problem)
    {
        text.Append(Place(problem)).Append(": ").Append(Sentence(problem)).Append('\n');
        Detail(text, "found", problem.Found);
        Detail(text, "allowed", problem.Allowed);
        Detail(text, "remedy", problem.Remedy);
        text.Append('\n');
    }

    internal static string Place(ManifestProblem problem) =>
        problem.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{problem.File}:{problem.Line}:{problem.Column}") : problem.File;

    /// <summary>`rollout.bake: is zero`; a problem of the whole document is told of the file.</summary>
    internal static string Sentence(ManifestProblem problem) => problem.Path.Length == 0 ? problem.Message : $"{problem.Path}: {problem.Message}";

    private static void Detail(StringBuilder text, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            text.Append("  ").Append(label).Append(": ").Append(value).Append('\n');
        }
    }
}
