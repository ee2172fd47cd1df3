using System.Text.Json.Nodes;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Permissions;

/// <summary>
/// Who may assume the deploying role from GitHub Actions: one repository, and of it one branch or one environment.
/// Source: GitHub, "Configuring OpenID Connect in Amazon Web Services".
/// </summary>
/// <param name="Repository">OWNER/NAME.</param>
/// <param name="Branch">Jobs of this branch.</param>
/// <param name="Environment">Jobs of this environment of the repository, whatever their branch; its own rules guard it.</param>
public sealed record GitHubTrust(string Repository, string? Branch, string? Environment)
{
    public const string Provider = "token.actions.githubusercontent.com";

    /// <exception cref="ExpectedException">The repository is not OWNER/NAME, or a wildcard stands where one would let others in.</exception>
    public static GitHubTrust For(string repository, string? branch, string? environment)
    {
        if (repository.Split('/') is not [{ Length: > 0 }, { Length: > 0 }] || !Plain(repository) || !Plain(branch ?? "") || !Plain(environment ?? ""))
        {
            throw new ExpectedException(
                ExitCode.Usage, $"'{repository}'{(branch is null ? "" : $", branch '{branch}'")} does not name one repository of GitHub", "write it as OWNER/NAME, without wildcards: --github octo/fraud-scoring");
        }

        return new GitHubTrust(repository, environment is null ? branch ?? "main" : null, environment);
    }

    public string Subject => Environment is null ? $"repo:{Repository}:ref:refs/heads/{Branch}" : $"repo:{Repository}:environment:{Environment}";

    public JsonObject Document(PolicyScope scope) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray(new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["Federated"] = $"arn:{scope.Partition}:iam::{scope.Account}:oidc-provider/{Provider}" },
            ["Action"] = "sts:AssumeRoleWithWebIdentity",
            ["Condition"] = new JsonObject
            {
                ["StringEquals"] = new JsonObject { [$"{Provider}:aud"] = "sts.amazonaws.com", [$"{Provider}:sub"] = Subject },
            },
        }),
    };

    private static bool Plain(string text) => !text.Any(character => char.IsWhiteSpace(character) || character is '*' or '?' or '"' or ':' or '$');
}
