using System.Diagnostics;
using System.Net;
using MlDeploy.Acceptance.Aws.Fixture;
using MlDeploy.Acceptance.Fixture;

namespace MlDeploy.Acceptance.Aws;

/// <summary>The thesis's system tests of infrastructure: the application's (ST1), the training's (ST2) and the dashboard (ST5).</summary>
public sealed class SystemTestSpecs(TwinAccount account) : AwsTest(account)
{
    private const string Mailbox = "operations@example.org";

    [Fact]
    public async Task ST1_and_ST5_nginx_is_reachable_at_the_printed_address_scales_under_load_with_a_mail_and_has_a_dashboard()
    {
        using var user = new AwsUser(Account);
        user.Write(
            scaling: "{ min: 1, max: 2, on: { cpu: 20% } }",
            more: $"notifications: {{ email: [{Mailbox}], on: [scaling] }}");
        var provisioned = (await user.ProvisionAsync()).ExitsWith(0);
        var url = AwsUser.Url(provisioned);

        using var reply = await Account.Http.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        if (WebServer.IsNginx)
        {
            Assert.Equal(80, url.Port);
            Assert.StartsWith("nginx/", reply.Headers.Server.ToString(), StringComparison.Ordinal);
        }

        var dashboard = (await user.RunAsync("dashboard -t aws")).ExitsWith(0).Output.Trim();
        Assert.StartsWith($"https://{TwinAccount.Region}.console.aws.amazon.com/cloudwatch/", dashboard, StringComparison.Ordinal);
        Assert.EndsWith($"/{user.Name}", dashboard, StringComparison.Ordinal);
        var body = (await Aws.AskAsync("cloudwatch get-dashboard", "DashboardBody", "--dashboard-name", user.Name))!.ToString();
        Assert.All(["Requests a minute", "Failed requests a minute", "Latency, blue (s)", "Tasks", "CPU and memory"], title => Assert.Contains(title, body, StringComparison.Ordinal));

        await ConfirmAsync(user);
        var before = (await Account.MailsAsync(user.Name)).Length;
        var began = Stopwatch.StartNew();
        await using (Load.On(Account, new Uri(url, WebServer.IsNginx ? "/work" : "/")))
        {
            await Until.TrueAsync(
                async () => (await Account.MailsAsync(user.Name)).Skip(before).Any(mail => mail.Contains("a task started", StringComparison.Ordinal)),
                "a mail says that a task started");
        }

        Measurements.Record("aws, from load to the mail about the second task (twin time)", [began.Elapsed * TwinAccount.Speed]);
        Assert.Equal("2", (await Aws.AskAsync("ecs describe-services", "services[0].desiredCount", "--cluster", user.Name, "--services", user.Name))!.ToString());
        Assert.Contains("of 2 tasks run", (await user.RunAsync("status -t aws")).ExitsWith(0).Output, StringComparison.Ordinal);
        await user.DestroyAsync();
    }

    [Fact]
    public async Task ST2_training_data_is_uploaded_and_the_notebook_is_reachable()
    {
        using var user = new AwsUser(Account);
        user.Write(more: "training: { data: orders }");
        Directory.CreateDirectory(Path.Combine(user.Sources, "orders"));
        await File.WriteAllTextAsync(Path.Combine(user.Sources, "orders", "2026.csv"), "amount,fraud\n12,0\n900,1\n");

        var up = (await user.RunAsync("train up -o json")).ExitsWith(0).Json;
        var bucket = up.GetProperty("bucket").GetString()!;
        var notebook = (await user.RunAsync("train notebook")).ExitsWith(0).Output.Trim();

        Assert.Equal("[\"data/2026.csv\"]", (await Aws.AskAsync("s3api list-objects-v2", "Contents[].Key", "--bucket", bucket))!.ToJsonString());
        Assert.Equal("Enabled", (await Aws.AskAsync("s3api get-bucket-versioning", "Status", "--bucket", bucket))!.ToString());
        Assert.Equal("InService", (await Aws.AskAsync("sagemaker describe-notebook-instance", "NotebookInstanceStatus", "--notebook-instance-name", user.Name))!.ToString());
        using var reply = await Account.Http.GetAsync(new Uri(notebook));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);

        (await user.RunAsync("train up")).ExitsWith(0).Says("1 object is there already");
        (await user.RunAsync($"train down --confirm {user.Name}")).ExitsWith(0).Says(bucket);
        Assert.Contains(bucket, await Aws.ListAsync("s3api list-buckets", "Buckets[].Name"));
        (await user.RunAsync($"train down --confirm {user.Name} --delete-data")).ExitsWith(0);
        Assert.DoesNotContain(bucket, await Aws.ListAsync("s3api list-buckets", "Buckets[].Name"));
        Assert.Empty(await Aws.ListAsync("sagemaker list-notebook-instances", $"NotebookInstances[?NotebookInstanceName=='{user.Name}'].NotebookInstanceName"));
    }

    /// <summary>What the owner of the address does with the first mail.</summary>
    private async Task ConfirmAsync(AwsUser user)
    {
        var asked = (await Account.ShownAsync())["outbox"]!.AsArray().Single(mail =>
            mail!["to"]!.ToString() == Mailbox && mail["subject"]!.ToString().Contains("Confirmation", StringComparison.Ordinal) && mail["topicArn"]!.ToString().Contains(user.Name, StringComparison.Ordinal));
        var link = asked!["body"]!.ToString().Split('\n').Single(line => line.StartsWith("http", StringComparison.Ordinal));
        (await Account.Http.GetAsync(new Uri(link))).EnsureSuccessStatusCode();
    }
}
