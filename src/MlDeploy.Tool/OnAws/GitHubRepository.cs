using System.CommandLine;
using MlDeploy.Aws.Permissions;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;

namespace MlDeploy.Tool.OnAws;

/// <summary>Whose jobs are to be trusted: said, else of the job that runs this, else of the clone it stands in.</summary>
internal static class GitHubRepository
{
    public static readonly Option<string?> Repository = new("--github") { Description = "aws: the repository whose jobs may deploy; default: this clone's origin.", HelpName = "OWNER/NAME" };
    public static readonly Option<string?> Branch = new("--github-branch") { Description = "aws: the branch whose jobs may deploy; default main.", HelpName = "NAME" };
    public static readonly Option<string?> Environment = new("--github-environment") { Description = "aws: the GitHub environment whose jobs may deploy, in place of a branch.", HelpName = "NAME" };

    /// <summary>Null where no repository is known.</summary>
    public static GitHubTrust? Trust(ParseResult parse, CommandContext context, List<Finding> findings)
    {
        var (branch, environment) = (parse.GetValue(Branch), parse.GetValue(Environment));
        if (branch is not null && environment is not null)
        {
            throw new ExpectedException(ExitCode.Usage, "--github-branch and --github-environment are both given, but a job's token names one of them", "leave one out");
        }

        var name = parse.GetValue(Repository) ?? context.Surroundings.Variable("GITHUB_REPOSITORY") ?? Origin(context.Surroundings.WorkingDirectory);
        if (string.IsNullOrEmpty(name))
        {
            findings.Add(new Finding("GitHub", "no repository is known, so no trust policy is printed; --github OWNER/NAME names it", null));
            return null;
        }

        return GitHubTrust.For(name, branch, environment);
    }

    /// <summary>OWNER/NAME of the remote origin, where it is on GitHub.</summary>
    internal static string? Origin(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            var config = Path.Combine(folder.FullName, ".git", "config");
            if (File.Exists(config))
            {
                return OfConfig(File.ReadLines(config).Take(1000));
            }
        }

        return null;
    }

    private static string? OfConfig(IEnumerable<string> lines)
    {
        var ofOrigin = lines.Select(line => line.Trim()).SkipWhile(line => line != "[remote \"origin\"]").Skip(1).TakeWhile(line => !line.StartsWith('['));
        var url = ofOrigin.Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries)).FirstOrDefault(pair => pair is ["url", _])?[1];
        foreach (var start in (string[])["https://github.com/", "git@github.com:", "ssh://git@github.com/"])
        {
            if (url?.StartsWith(start, StringComparison.Ordinal) == true)
            {
                var path = url[start.Length..].TrimEnd('/');
                return path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path;
            }
        }

        return null;
    }
}
