using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnLocal;

/// <summary>Who deploys, and from where: for the lease, the history and the report.</summary>
/// <param name="RunUrl">The pipeline's page of this run; null on a laptop.</param>
internal sealed record Deployer(string Holder, string? RunUrl)
{
    /// <summary>GitHub Actions, GitLab CI and Bamboo say it in variables of theirs.</summary>
    public static Deployer From(CommandContext context)
    {
        var variable = context.Surroundings.Variable;
        if (variable("GITHUB_RUN_ID") is { Length: > 0 } run)
        {
            return new($"{variable("GITHUB_ACTOR")} (GitHub Actions)", $"{variable("GITHUB_SERVER_URL")}/{variable("GITHUB_REPOSITORY")}/actions/runs/{run}");
        }

        if (variable("GITLAB_CI") is { Length: > 0 })
        {
            return new($"{variable("GITLAB_USER_LOGIN")} (GitLab CI)", variable("CI_JOB_URL"));
        }

        return variable("bamboo_resultsUrl") is { Length: > 0 } bamboo
            ? new("Bamboo", bamboo)
            : new($"{context.Surroundings.User}@{context.Surroundings.Machine}", null);
    }
}
