using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates.Checking;

/// <summary>Where in the manifest a template problem comes from: an override, a template of one's own, or the settings altogether.</summary>
public static class ProblemOrigins
{
    private const string Overrides = "targets.aws.overrides";

    /// <summary>Values that only the checks of templates know: the setting each comes from.</summary>
    private static readonly Dictionary<(string LogicalId, string Path), string> Settings = new()
    {
        [("Notebook", "Properties/InstanceType")] = "training.notebook",
        [("TrainingSchedule", "Properties/ScheduleExpression")] = "training.schedule",
        [("LoadBalancer", "Properties/Name")] = "name",
        [("Repository", "Properties/RepositoryName")] = "name",
        [("TaskDefinition", "Properties/Cpu")] = "application.resources.cpu",
        [("TaskDefinition", "Properties/Memory")] = "application.resources.memory",
        [("LogGroup", "Properties/RetentionInDays")] = "targets.aws.logRetention",
    };

    public static ImmutableArray<ManifestProblem> Locate(IEnumerable<TemplateProblem> problems, AppManifest manifest, ManifestOrigins origins) =>
        [.. problems.Select(problem => Locate(problem, manifest, origins)).OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    private static ManifestProblem Locate(TemplateProblem problem, AppManifest manifest, ManifestOrigins origins)
    {
        var path = Path(problem, manifest, origins);
        var (file, line, column) = origins.Locate(path);
        var rule = problem.Rule is null ? "" : $" (cfn-lint {problem.Rule})";
        return new ManifestProblem(file, line, column, path, $"{ProblemSummary.Place(problem)}: {problem.Message}{rule}", problem.Found, problem.Allowed, problem.Remedy);
    }

    private static string Path(TemplateProblem problem, AppManifest manifest, ManifestOrigins origins)
    {
        if (problem.LogicalId is { } id && origins.IsWritten($"{Overrides}.{Key(id)}"))
        {
            return Deepest(problem, $"{Overrides}.{Key(id)}", origins);
        }

        var files = manifest.Targets.Aws?.Template;
        var custom = problem.Kind switch
        {
            StackKind.Registry => files?.Registry,
            StackKind.Application => files?.Application,
            _ => files?.Training,
        };
        return custom is null ? Settings.GetValueOrDefault((problem.LogicalId ?? "", problem.Path)) ?? "targets.aws" : $"targets.aws.template.{StackNames.Word(problem.Kind)}";
    }

    /// <summary>As far down as the override is written: `Properties` stands in it only where the patch names it.</summary>
    private static string Deepest(TemplateProblem problem, string path, ManifestOrigins origins)
    {
        var segments = problem.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var skip = segments is ["Properties", ..] && !origins.IsWritten($"{path}.Properties") ? 1 : 0;
        foreach (var segment in segments.Skip(skip))
        {
            var below = int.TryParse(segment, out var at) ? $"{path}[{at}]" : $"{path}.{Key(segment)}";
            if (!origins.IsWritten(below))
            {
                break;
            }

            path = below;
        }

        return path;
    }

    /// <summary>A key as a setting's path has it: in brackets and quotes when it is no plain name.</summary>
    private static string Key(string key) =>
        key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? key : new StringBuilder("[\"").Append(key).Append("\"]").ToString();
}
