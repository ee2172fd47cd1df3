using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MlDeploy.Local.Dashboard;
using MlDeploy.Local.Dashboard.Page;

namespace MlDeploy.Specs.Dashboard;

public sealed partial class DashboardPageSpecs
{
    [Fact]
    public void A_canary_with_hostile_names_is_this_page() => Golden.Match(
        "tests/MlDeploy.Specs/Dashboard/canary.html.golden",
        Inline().Replace(DashboardPage.From(ExampleView.Of(ExampleView.Canary(ExampleView.Hostile))), "<${kind}>…</${kind}>"));

    [Fact]
    public void What_others_wrote_never_becomes_markup()
    {
        var page = DashboardPage.From(ExampleView.Of(ExampleView.Canary(ExampleView.Hostile, "one"), ApplicationView.Unreadable("two", ExampleView.Hostile)));

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202e", page, StringComparison.Ordinal);
        Assert.Equal(Occurrences(DashboardPage.From(ExampleView.Of(ExampleView.Canary("plain", "one"), ApplicationView.Unreadable("two", "plain"))), "<"), Occurrences(page, "<"));
    }

    [Fact]
    public void The_policy_lets_in_this_style_and_this_script_and_nothing_else_is_inline()
    {
        var page = DashboardPage.From(ExampleView.Of(ExampleView.Canary()));
        var inline = Inline().Matches(page);

        Assert.Equal(["style", "script"], inline.Select(match => match.Groups["kind"].Value));
        Assert.All(inline, match => Assert.Contains(
            $"{match.Groups["kind"].Value}-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(match.Groups["text"].Value)))}'", DashboardPage.Policy, StringComparison.Ordinal));
        Assert.DoesNotContain("unsafe", DashboardPage.Policy, StringComparison.Ordinal);
        Assert.DoesNotMatch(" (style|on[a-z]+)=", page);
        Assert.DoesNotMatch("(?:src|href)=\"(?!#|data:|shop/)", page);
    }

    [Fact]
    public void The_document_has_the_figures_and_the_page_s_inside()
    {
        var view = ExampleView.Of(ExampleView.Canary());
        using var document = JsonDocument.Parse(RenderedDashboard.Of(view).Json);
        var application = document.RootElement.GetProperty("applications")[0];

        Assert.Equal("mldeploy/dashboard-view/v1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(DashboardPage.Main(view).ToString(), document.RootElement.GetProperty("main").GetString());
        Assert.Equal(1_234_566, application.GetProperty("status").GetProperty("availability").GetProperty("successes").GetInt64());
        Assert.Equal(30, application.GetProperty("arms")[0].GetProperty("recent").GetProperty("requestsPerSecond").GetDouble());
        Assert.Equal("Fail", application.GetProperty("rollout").GetProperty("gates")[1].GetProperty("kind").GetString());
        Assert.Equal(0.31, application.GetProperty("inputs")[0].GetProperty("features")[0].GetProperty("distance").GetDouble());
    }

    [Fact]
    public void One_failure_in_a_million_is_not_100_percent()
    {
        Assert.Contains("<dd>99.9999 %</dd>", DashboardPage.From(ExampleView.Of(ExampleView.Canary())), StringComparison.Ordinal);
        var flawless = ExampleView.Canary();
        flawless = flawless with { Status = flawless.Status! with { Availability = new(5, 5, ExampleView.Now) } };
        Assert.Contains("<dd>100 %</dd>", DashboardPage.From(ExampleView.Of(flawless)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_headline_tells_what_needs_a_look()
    {
        var serving = ExampleView.Canary() with { Rollout = null };
        var sick = serving with { Name = "sick", Status = serving.Status! with { Versions = [serving.Status.Versions[0] with { Health = "restarting" }] } };

        Assert.Equal("Nothing is deployed on the local target", Headline.Of(ExampleView.Of()));
        Assert.Equal("shop: v1 plain serves", Headline.Of(ExampleView.Of(serving)));
        Assert.Equal("shop: v2 is judging at 25 %", Headline.Of(ExampleView.Of(ExampleView.Canary())));
        Assert.Equal("2 applications serve; shop is being deployed", Headline.Of(ExampleView.Of(ExampleView.Canary(), serving with { Name = "other" })));
        Assert.Equal("1 of 2 applications need a look: sick: v1 plain is restarting", Headline.Of(ExampleView.Of(serving, sick)));
        Assert.Equal("shop: does not listen", Headline.Of(ExampleView.Of(serving with { Status = serving.Status with { Listening = false } })));
        Assert.Equal("gone: cannot be read", Headline.Of(ExampleView.Of(ApplicationView.Unreadable("gone", "why"))));
    }

    private static int Occurrences(string text, string of) => text.Split(of).Length;

    [GeneratedRegex("<(?<kind>style|script)>(?<text>.*?)</\\k<kind>>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Inline();
}
