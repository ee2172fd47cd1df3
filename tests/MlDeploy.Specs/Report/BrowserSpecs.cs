using System.Globalization;
using System.Text.RegularExpressions;
using MlDeploy.Core.Report;
using MlDeploy.Core.Report.Html;
using MlDeploy.Specs.Local;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.Report;

/// <summary>The page in a real browser, where there is one: Chromium, which CI has.</summary>
public sealed partial class BrowserSpecs
{
    [Theory]
    [InlineData(1280)]
    [InlineData(390)]
    public async Task The_page_fits_its_window_and_nothing_complains(int width)
    {
        var browser = Chromium.Find();
        using var folder = new TestFolder();
        var page = folder.PathTo("report.html");
        await File.WriteAllTextAsync(page, HtmlReport.From(await ReportAsync()), TestContext.Current.CancellationToken);

        var (dom, log) = await Chromium.OpenAsync(browser, new Uri(page), width, folder);

        Assert.Contains("<h1>v2-0 was rolled back", dom, StringComparison.Ordinal);
        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);

        // The page's own policy allows no script: measured in a copy without it.
        var copy = folder.PathTo("measured.html");
        await File.WriteAllTextAsync(copy, Policy().Replace(await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken), "")
            .Replace("</body>", "<script>document.title = 'width ' + document.documentElement.scrollWidth + ' of ' + innerWidth</script></body>", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        var measured = Widths().Match((await Chromium.OpenAsync(browser, new Uri(copy), width, folder)).Dom);
        Assert.True(measured.Success, "the copy was not measured");
        Assert.True(Number(measured, "page") <= Number(measured, "window"), measured.Value);
    }

    [Fact]
    public async Task A_script_that_got_in_would_not_run()
    {
        var browser = Chromium.Find();
        using var folder = new TestFolder();
        var page = folder.PathTo("report.html");
        await File.WriteAllTextAsync(page, HtmlReport.From(await ReportAsync())
            .Replace("</body>", "<script>document.title = 'it ran'</script><img src=\"https://example.invalid/x.png\"></body>", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var (dom, log) = await Chromium.OpenAsync(browser, new Uri(page), 800, folder);

        Assert.DoesNotContain("<title>it ran", dom, StringComparison.Ordinal);
        Assert.Contains("Content Security Policy", log, StringComparison.Ordinal);
    }

    private static async Task<DeploymentReport> ReportAsync()
    {
        using var rollout = new ScriptedRollout { Measure = (step, look) => step == 1 && look == 2 ? ScriptedRollout.Counts(200, 100, 200, 1) : ScriptedRollout.Good() };
        await rollout.RunAsync();
        return ReportBuilder.From(rollout.Entries())! with { Features = ExampleFeatures.Many(50), Holder = new string('x', 300) };
    }

    private static int Number(Match match, string name) => int.Parse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\"[^>]*>", RegexOptions.None, 10_000)]
    private static partial Regex Policy();

    [GeneratedRegex("<title>width (?<page>\\d+) of (?<window>\\d+)</title>", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Widths();
}
