using System.Collections.Immutable;
using System.Text;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>Template problems as one message, for where no manifest is at hand to point into.</summary>
internal static class ProblemSummary
{
    public static string Of(ImmutableArray<TemplateProblem> problems)
    {
        var text = new StringBuilder(problems.Length == 1 ? "a template would be refused:" : $"the templates would be refused, for {problems.Length} reasons:");
        foreach (var problem in problems)
        {
            text.Append("\n  ").Append(Place(problem)).Append(": ").Append(problem.Message);
            if (problem.Found is not null)
            {
                text.Append(" (found ").Append(problem.Found).Append(')');
            }
        }

        return text.ToString();
    }

    /// <summary>`application stack, Service, Properties/LaunchType`</summary>
    public static string Place(TemplateProblem problem) =>
        string.Join(", ", new[] { $"{StackNames.Word(problem.Kind)} stack", problem.LogicalId, problem.Path }.Where(part => !string.IsNullOrEmpty(part)));
}
