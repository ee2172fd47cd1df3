using System.Collections.Immutable;
using MlDeploy.Core.Manifest.Yaml;

namespace MlDeploy.Core.Manifest;

/// <summary>Collects problems while a manifest is read; bounded, so that a hostile file cannot make it the attack.</summary>
internal sealed class ProblemList
{
    private readonly List<ManifestProblem> problems = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private int notShown;

    public int Count => problems.Count;

    public IReadOnlyList<ManifestProblem> Items => problems;

    public void Add(Mark mark, string path, string message, string? found, string? allowed, string remedy) =>
        Add(new ManifestProblem(mark.File, mark.Line, mark.Column, path, message, found is null ? null : Shorten(found), allowed, remedy));

    /// <summary>The same problem at the same place is one problem, however often the place is read.</summary>
    public void Add(ManifestProblem problem)
    {
        if (problems.Count >= YamlLimits.Problems)
        {
            notShown++;
        }
        else if (seen.Add($"{problem.File}\n{problem.Line}\n{problem.Column}\n{problem.Path}\n{problem.Message}"))
        {
            problems.Add(problem);
        }
    }

    /// <summary>In reading order: by line and column, and what came from the command line last.</summary>
    public ImmutableArray<ManifestProblem> InOrder(string file)
    {
        var ordered = problems
            .OrderBy(problem => problem.Line == 0)
            .ThenBy(problem => problem.Line)
            .ThenBy(problem => problem.Column)
            .ToImmutableArray();
        return notShown == 0
            ? ordered
            : ordered.Add(new ManifestProblem(file, 0, 0, "", $"{notShown:N0} more problems are not shown", null, null, "Correct these first."));
    }

    /// <summary>One line of at most 80 characters: what is found is echoed, not reprinted.</summary>
    public static string Shorten(string text)
    {
        var line = text.AsSpan().IndexOfAny('\n', '\r') is var end and >= 0 ? text[..end] + "…" : text;
        return line.Length <= 80 ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[78]) ? 78 : 79), "…");
    }
}
