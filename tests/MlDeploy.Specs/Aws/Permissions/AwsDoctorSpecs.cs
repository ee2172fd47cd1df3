using System.Text.Json.Nodes;
using MlDeploy.Core.Errors;
using MlDeploy.Specs.Aws.Clients;
using MlDeploy.Specs.ToolShell;
using MlDeploy.Tool.OnAws;

namespace MlDeploy.Specs.Aws.Permissions;

public sealed class AwsDoctorSpecs : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mldeploy-doctor-");

    public AwsDoctorSpecs() => File.WriteAllText(Path.Combine(folder.FullName, "mlapp.yaml"), """
        apiVersion: mldeploy/v1
        name: fraud-scoring
        version: v1
        application: { image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/fraud-scoring:1", port: 8080, health: { path: /health } }
        rollout: { strategy: blue-green, bake: 10m }
        targets: { aws: { region: eu-central-1 } }
        """);

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task An_account_where_all_is_allowed_is_healthy_and_prints_no_policies_unasked()
    {
        await using var account = await StubAccount.StartAsync();
        var run = await DoctorAsync(account.Endpoint);

        Assert.True(run.ExitCode == ExitCode.Done, run.Results + run.Messages);
        Assert.Contains("credentials: the environment: arn:aws:sts::123456789012:assumed-role/deployer/run in account 123456789012", run.Results, StringComparison.Ordinal);
        Assert.Contains("permissions to deploy: arn:aws:iam::123456789012:role/ci/deployer has all", run.Results, StringComparison.Ordinal);
        Assert.DoesNotContain("\"Statement\"", run.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_named_with_the_policy_to_attach()
    {
        await using var account = await StubAccount.StartAsync(server => StubAccount.With(
            server,
            decide: action => action switch { "codedeploy:CreateDeployment" => "implicitDeny", "ecr:PutImage" => "explicitDeny", _ => "allowed" },
            addresses: 5));
        var run = await DoctorAsync(account.Endpoint, "--github", "octo/fraud-scoring");

        Assert.Equal(ExitCode.TargetFailed, run.ExitCode);
        Golden.Match(
            "tests/MlDeploy.Specs/Aws/Permissions/doctor.golden",
            System.Text.RegularExpressions.Regex.Replace(run.Results[..run.Results.IndexOf("\npolicy ", StringComparison.Ordinal)], "mldeploy: .*", "mldeploy: VERSION") + "\n");
        Assert.Contains("policy mldeploy-fraud-scoring-deploy", run.Results, StringComparison.Ordinal);
        Assert.Contains("\"token.actions.githubusercontent.com:sub\": \"repo:octo/fraud-scoring:ref:refs/heads/main\"", run.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_simulation_that_is_itself_denied_is_said_and_is_no_success()
    {
        await using var account = await StubAccount.StartAsync();
        account.Refused["SimulatePrincipalPolicy"] = "AccessDenied";
        var run = await DoctorAsync(account.Endpoint);

        Assert.Equal(ExitCode.TargetFailed, run.ExitCode);
        Assert.Contains("permissions: not checked: the caller may not perform iam:SimulatePrincipalPolicy", run.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_credentials_the_policies_are_printed_for_whoever_makes_the_role()
    {
        var run = await ToolRun.Of(
            surroundings => surroundings with { WorkingDirectory = folder.FullName, Variable = name => name == "AWS_ACCESS_KEY_ID" ? "half" : null },
            "doctor", "--target", "aws");

        Assert.Equal(ExitCode.TargetFailed, run.ExitCode);
        Assert.Contains("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not", run.Results, StringComparison.Ordinal);
        Assert.Contains("arn:aws:ecr:eu-central-1:ACCOUNT_ID:repository/fraud-scoring", run.Results, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_is_one_document_with_policies_to_use_and_no_secret()
    {
        await using var account = await StubAccount.StartAsync();
        var run = await DoctorAsync(account.Endpoint, "-o", "json", "--verbose", "--github", "octo/fraud-scoring", "--github-environment", "production");

        var document = JsonNode.Parse(run.Results)!;
        Assert.Equal(("mldeploy/aws-doctor/v1", true), (document["schema"]!.GetValue<string>(), document["healthy"]!.GetValue<bool>()));
        Assert.Equal(["read", "image", "provision", "monitor", "network", "deploy", "train", "destroy"], document["policies"]!.AsArray().Select(policy => policy!["purpose"]!.GetValue<string>()));
        Assert.Equal("repo:octo/fraud-scoring:environment:production", document["gitHubTrust"]!["Statement"]![0]!["Condition"]!["StringEquals"]!["token.actions.githubusercontent.com:sub"]!.GetValue<string>());
        Assert.Contains("sts.GetCallerIdentity 200", run.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain(Sessions.Secret, run.Results + run.Messages, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("url = https://github.com/octo/fraud.git", "octo/fraud")]
    [InlineData("url = git@github.com:octo/fraud.git", "octo/fraud")]
    [InlineData("url = https://gitlab.com/octo/fraud.git", null)]
    public void The_repository_is_the_origin_of_the_clone(string url, string? expected)
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, ".git"));
        File.WriteAllText(Path.Combine(folder.FullName, ".git/config"), $"[core]\n\tbare = false\n[remote \"origin\"]\n\t{url}\n[branch \"main\"]\n\tremote = origin\n");
        Assert.Equal(expected, GitHubRepository.Origin(Directory.CreateDirectory(Path.Combine(folder.FullName, "sub")).FullName));
    }

    private Task<ToolRun> DoctorAsync(Uri endpoint, params string[] more) => ToolRun.Of(
        surroundings => surroundings with
        {
            WorkingDirectory = folder.FullName,
            Variable = name => name switch
            {
                "AWS_ACCESS_KEY_ID" => Sessions.KeyId,
                "AWS_SECRET_ACCESS_KEY" => Sessions.Secret,
                "AWS_ENDPOINT_URL" => endpoint.AbsoluteUri,
                _ => null,
            },
        },
        ["doctor", "--target", "aws", .. more]);
}
