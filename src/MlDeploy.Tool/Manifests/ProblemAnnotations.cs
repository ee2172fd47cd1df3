using System.Globalization;
using System.Text;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Tool.Manifests;

/// <summary>
/// Problems as GitHub Actions workflow commands, which the run shows at their lines. GitHub keeps ten errors a step
/// (docs.github.com, "Workflow commands"): the tenth says how many more there are.
/// </summary>
public static class ProblemAnnotations
{
    public const int Most = 10;

    public static string Of(IReadOnlyCollection<ManifestProblem> problems)
    {
        var text = new StringBuilder();
        var shown = problems.Count <= Most ? problems.Count : Most - 1;
        foreach (var problem in problems.Take(shown))
        {
            text.Append("::error");
            if (problem.Line > 0)
            {
                text.Append(" file=").Append(Property(problem.File))
                    .Append(string.Create(CultureInfo.InvariantCulture, $",line={problem.Line},col={problem.Column}"));
            }

            text.Append("::").Append(Data(Message(problem))).Append('\n');
        }

        if (shown < problems.Count)
        {
            text.Append(string.Create(CultureInfo.InvariantCulture, $"::error::{problems.Count - shown} more problems: the log of this step lists them all\n"));
        }

        return text.ToString();
    }

    private static string Message(ManifestProblem problem)
    {
        var message = new StringBuilder(problem.Line > 0 ? "" : $"{problem.File}: ").Append(ProblemText.Sentence(problem)).Append('.');
        if (problem.Found is not null)
        {
            message.Append(" Found: ").Append(problem.Found).Append('.');
        }

        if (problem.Allowed is not null)
        {
            message.Append(" Allowed: ").Append(problem.Allowed).Append('.');
        }

        return message.Append(' ').Append(problem.Remedy).ToString();
    }

    /// <summary>What would end the command or its line is escaped as the runner unescapes it.</summary>
    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) =>
        Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
