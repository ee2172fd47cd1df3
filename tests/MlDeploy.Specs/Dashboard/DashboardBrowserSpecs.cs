using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Dashboard.Page;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.Report;

namespace MlDeploy.Specs.Dashboard;

/// <summary>The page in a real browser, where there is one: Chromium, which CI has.</summary>
public sealed partial class DashboardBrowserSpecs
{
    [Fact]
    public async Task It_keeps_itself_up_to_date_under_its_own_policy_and_nothing_complains()
    {
        var browser = Chromium.Find();
        using var folder = new TestFolder();
        var reads = 0;
        await using var web = await ServeAsync(() => RenderedDashboard.Of(ExampleView.Of(ExampleView.Canary(ExampleView.Hostile, judged: ExampleView.Now.AddSeconds(Interlocked.Increment(ref reads))))));

        var (dom, log) = await Chromium.OpenAsync(browser, new Uri($"{web.Urls.Single()}/key/"), 1280, folder, "--virtual-time-budget=7000");

        Assert.Contains("Judged at 2026-11-21 12:00:03 UTC", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("12:00:01 UTC", dom, StringComparison.Ordinal);
        Assert.Contains("""<p class="lost" role="status" hidden""", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", dom, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task It_fits_its_window(int width)
    {
        var browser = Chromium.Find();
        using var folder = new TestFolder();
        var page = DashboardPage.From(ExampleView.Of(ExampleView.Canary(new string('x', 300))))
            .Replace("</body>", "<script>document.title = 'width ' + document.documentElement.scrollWidth + ' of ' + innerWidth</script></body>", StringComparison.Ordinal);

        var measured = Widths().Match((await Chromium.OpenAsync(browser, new Uri(folder.Write("page.html", page)), width, folder)).Dom);

        Assert.True(measured.Success, "the page was not measured");
        Assert.True(Number(measured, "page") <= Number(measured, "window"), measured.Value);
    }

    private static async Task<WebApplication> ServeAsync(Func<RenderedDashboard> read)
    {
        var site = new DashboardSite("key", _ => Task.FromResult(read()), (_, _) => null);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        web.Run(site.AnswerAsync);
        await web.StartAsync(TestContext.Current.CancellationToken);
        return web;
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("<title>width (?<page>\\d+) of (?<window>\\d+)</title>", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Widths();
}
