using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.AwsTwin.Faults;

namespace MlDeploy.Acceptance.Aws;

/// <summary>What is said to whoever may not do it: the action, the resource, and the statement that a policy lacks.</summary>
public sealed class DeniedSpecs(TwinAccount account) : AwsTest(account)
{
    [Theory]
    [InlineData("ecr:GetAuthorizationToken")]
    [InlineData("cloudformation:CreateChangeSet")]
    [InlineData("ec2:CreateVpc")]
    public async Task Denied_an_action_provision_names_it_and_the_statement_to_add(string action)
    {
        using var user = new AwsUser(Account);
        using (Account.With(new FaultSettings { Deny = [action] }))
        {
            IsTold(await user.ProvisionAsync(), action);
        }

        await user.DestroyAsync();
    }

    /// <summary>Every action that a whole life needed, ours and those that CloudFormation makes with the caller's rights.</summary>
    [Fact(Explicit = true)]
    [Trait("run", "soak")]
    public async Task Denied_each_action_in_turn()
    {
        Account.Twin.Requests.Clear();
        using (var user = new AwsUser(Account))
        {
            await LiveAsync(user);
        }

        var actions = Account.Twin.Requests.Entries.Where(call => call.Caller is "client" or "cloudformation").Select(Action).Where(IsIam).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(actions.Count > 50, $"only {actions.Count} actions were seen");
        var (borne, untold) = (new List<string>(), new List<string>());
        foreach (var action in actions)
        {
            using var user = new AwsUser(Account);
            ToolResult? refused;
            using (Account.With(new FaultSettings { Deny = [action] }))
            {
                refused = await LiveAsync(user);
            }

            if (refused is null)
            {
                borne.Add(action);
            }
            else if (Untold(refused, action) is { } missing)
            {
                untold.Add($"{action}: {missing}\n{refused}");
            }
            else
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{action}: told by `mldeploy {refused.CommandLine}`");
            }

            await user.DestroyAsync();
        }

        Measurements.Record("aws, actions denied in turn", $"{actions.Count - borne.Count - untold.Count} of {actions.Count} told with the statement to add, {borne.Count} not needed ({string.Join(", ", borne)})");
        Assert.True(untold.Count == 0, string.Join("\n\n", untold));
    }

    /// <returns>The first command that did not succeed.</returns>
    private static async Task<ToolResult?> LiveAsync(AwsUser user)
    {
        Directory.CreateDirectory(Path.Combine(user.Sources, "orders"));
        await File.WriteAllTextAsync(Path.Combine(user.Sources, "orders", "2026.csv"), "amount,fraud\n12,0\n");
        user.Write(more: "notifications: { email: [ops@example.org], on: [scaling] }\ntraining: { data: orders }");
        foreach (var command in new[]
        {
            "plan -t aws", "provision -t aws", "plan -t aws", "status -t aws", "metrics -t aws", "logs -t aws", "dashboard -t aws", "train up", "train status", "train notebook",
            $"destroy -t aws --confirm {user.Name} --delete-images --delete-data",
        })
        {
            var result = await user.RunAsync(command);
            if (result.ExitCode != 0)
            {
                return result;
            }
        }

        return null;
    }

    private static void IsTold(ToolResult result, string action) => Assert.True(Untold(result, action) is null, $"{Untold(result, action)}\n{result}");

    /// <returns>What is missing of exit 7, the action, the resource and the statement to add; null: nothing.</returns>
    private static string? Untold(ToolResult result, string action) =>
        result.ExitCode != 7 ? "it is not exit 7"
        : result.Errors.Contains("Unhandled exception", StringComparison.Ordinal) || result.Errors.Contains("   at MlDeploy.", StringComparison.Ordinal) ? "it shows a stack"
        : !result.Errors.Contains("\"Effect\":\"Allow\"", StringComparison.Ordinal) || !result.Errors.Contains("\"Resource\":", StringComparison.Ordinal) ? "there is no statement to add"
        : !result.Errors.Contains($"\"Action\":\"{action}\"", StringComparison.OrdinalIgnoreCase) ? $"the statement is not for {action}"
        : null;

    private static string Action(AwsTwin.Front.LoggedRequest call) => $"{(call.Service == "monitoring" ? "cloudwatch" : call.Service)}:{call.Action}";

    /// <summary>S3's permissions have other names than its calls; those are in the specifications of the table of permissions.</summary>
    private static bool IsIam(string action) => !action.StartsWith("s3:", StringComparison.Ordinal);
}
