using System.Text;
using MlDeploy.Acceptance.Aws.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>Secrets and credentials are planted; then everything that was written is searched.</summary>
public sealed class MarkerSpecs(TwinAccount account) : AwsTest(account)
{
    private const string Key = "AKIAMARKERMARKER1234";
    private const string SecretKey = "marker-secret-key-nobody-may-read";
    private const string SessionToken = "marker-session-token-nobody-may-read";
    private const string ServiceKey = "marker-service-key-nobody-may-read";

    [Fact]
    public async Task No_secret_and_no_credential_stands_in_any_output_template_or_file_at_any_verbosity()
    {
        using var user = new AwsUser(Account);
        await Aws.AskAsync("ssm put-parameter", "Version", "--name", $"/{user.Name}/key", "--type", "SecureString", "--value", ServiceKey);
        user.Environment["AWS_ACCESS_KEY_ID"] = Key;
        user.Environment["AWS_SECRET_ACCESS_KEY"] = SecretKey;
        user.Environment["AWS_SESSION_TOKEN"] = SessionToken;
        user.Write(application: $"secrets: {{ SERVICE_KEY: 'ssm:/{user.Name}/key' }}", more: "training: { data: orders }");
        Directory.CreateDirectory(Path.Combine(user.Sources, "orders"));
        await File.WriteAllTextAsync(Path.Combine(user.Sources, "orders", "2026.csv"), "amount,fraud\n12,0\n");
        var said = new StringBuilder();

        foreach (var command in new[]
        {
            "validate -t aws", "doctor -t aws --policies", "render -t aws --out rendered", "plan -t aws", "provision -t aws --keep", "status -t aws", "metrics -t aws", "logs -t aws",
            "dashboard -t aws", "plan -t aws -o json", "train up", "train status",
        })
        {
            said.Append(await user.RunAsync($"{command} --verbose"));
        }

        var all = said.ToString();
        Assert.Contains("ecr", all, StringComparison.Ordinal);
        var templates = await Aws.AskAsync("cloudformation get-template", "TemplateBody", "--stack-name", $"mldeploy-{user.Name}-application");
        var stacks = (await Account.ShownAsync())["stacks"]!.ToJsonString();
        foreach (var marker in new[] { Key, SecretKey, SessionToken, ServiceKey })
        {
            Assert.DoesNotContain(marker, all, StringComparison.Ordinal);
            Assert.DoesNotContain(marker, templates!.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain(marker, stacks, StringComparison.Ordinal);
            Assert.All(Directory.EnumerateFiles(user.Root, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain(marker, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
        }

        await user.DestroyAsync();
    }
}
