using System.Text;
using Microsoft.AspNetCore.Http;
using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Dashboard.Page;
using MlDeploy.Specs.Local;

namespace MlDeploy.Specs.Dashboard;

public sealed class DashboardSiteSpecs : IDisposable
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private readonly TestFolder folder = new();
    private int reads;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("127.0.0.1:4711", 200)]
    [InlineData("localhost:4711", 200)]
    [InlineData("LOCALHOST", 200)]
    [InlineData("[::1]:8", 200)]
    [InlineData("127.0.0.1:9999", 200)] // Forwarded from another port.
    [InlineData("attacker.example:4711", 421)]
    [InlineData("127.0.0.1.attacker.example:4711", 421)]
    [InlineData("localhost.attacker.example", 421)]
    [InlineData("192.168.0.7:4711", 421)]
    [InlineData("0.0.0.0:4711", 421)]
    [InlineData("", 421)]
    public async Task Only_names_of_this_machine_are_answered(string host, int status)
    {
        var (answer, _) = await AskAsync($"/{Key}/", host);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == 200 ? 1 : 0, reads);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("CONNECT")]
    public async Task It_only_shows(string method)
    {
        var (answer, _) = await AskAsync($"/{Key}/", method: method);

        Assert.Equal(405, answer.StatusCode);
        Assert.Equal("GET, HEAD", answer.Headers.Allow);
        Assert.Equal(0, reads);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/dashboard.json")]
    [InlineData("/0123456789abcdef0123456789abcdee/")]
    [InlineData("/0123456789abcdef0123456789abcde/dashboard.json")]
    [InlineData("/0123456789ABCDEF0123456789ABCDEF/")]
    public async Task Without_the_key_there_is_nothing(string path)
    {
        var (answer, body) = await AskAsync(path);

        Assert.Equal(404, answer.StatusCode);
        Assert.Contains("mldeploy dashboard", body, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, body, StringComparison.Ordinal);
        Assert.Equal(0, reads);
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/dashboard.json", 200)]
    [InlineData("/shop/deployments/6", 200)]
    [InlineData("/nothing", 404)]
    public async Task Every_answer_is_protected(string path, int status)
    {
        var (answer, _) = await AskAsync($"/{Key}{path}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", answer.Headers.XContentTypeOptions);
        Assert.Equal("DENY", answer.Headers.XFrameOptions);
        Assert.Equal("no-store", answer.Headers.CacheControl);
        Assert.Equal("no-referrer", answer.Headers["Referrer-Policy"]);
        Assert.Equal("same-origin", answer.Headers["Cross-Origin-Resource-Policy"]);
        Assert.Empty(answer.Headers.AccessControlAllowOrigin.ToArray());
        var policy = answer.Headers.ContentSecurityPolicy.ToString();
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.True(path.StartsWith("/shop", StringComparison.Ordinal) ? !policy.Contains("script-src", StringComparison.Ordinal) : policy == DashboardPage.Policy, policy);
    }

    [Theory]
    [InlineData("/../deployments/6")]
    [InlineData("/shop/../shop/deployments/6")]
    [InlineData("/shop/deployments/..")]
    [InlineData("/shop/deployments/../../secrets.json")]
    [InlineData("/shop/deployments/6/journal.jsonl")]
    [InlineData("/shop/deployments/-6")]
    [InlineData("/shop/deployments/ 6")]
    [InlineData("/shop/deployments/6.0")]
    [InlineData("/shop/deployments/99999999999")]
    [InlineData("/shop/deployments/5")]
    [InlineData("/other/deployments/6")]
    [InlineData("/shop\\..\\shop/deployments/6")]
    public async Task No_path_leads_out_of_the_reports(string path)
    {
        var (answer, body) = await AskAsync($"/{Key}{path}");

        Assert.Equal(404, answer.StatusCode);
        Assert.DoesNotContain("the report", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_is_get_without_a_body()
    {
        var (answer, body) = await AskAsync($"/{Key}/", method: "HEAD");

        Assert.Equal((200, 4L, ""), (answer.StatusCode, answer.ContentLength, body));
    }

    [Fact]
    public async Task Without_its_last_slash_the_page_is_found_all_the_same()
    {
        var (answer, _) = await AskAsync($"/{Key}");

        Assert.Equal((302, $"/{Key}/"), (answer.StatusCode, answer.Headers.Location.ToString()));
    }

    private async Task<(HttpResponse Answer, string Body)> AskAsync(string path, string host = "127.0.0.1:4711", string method = "GET")
    {
        var report = folder.Write("report.html", "the report");
        var site = new DashboardSite(Key, _ => Task.FromResult(Read()), (application, number) => (application, number) is ("shop", 6) ? report : null);
        using var body = new MemoryStream();
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path, context.Request.Host, context.Response.Body) = (method, new PathString(path), new HostString(host), body);
        await site.AnswerAsync(context);
        return (context.Response, Encoding.UTF8.GetString(body.ToArray()));
    }

    private RenderedDashboard Read()
    {
        reads++;
        return new RenderedDashboard("page"u8.ToArray(), "{}"u8.ToArray());
    }
}
