using System.Collections.Immutable;
using System.Text;
using System.Xml.Linq;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Report;
using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.Report;

/// <summary>The page: what it says, that it needs nothing else, and that nothing others wrote can act in it.</summary>
public sealed class HtmlReportSpecs
{
    private const string Evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&\u202egnp.exe\u0000\u001b[31m";

    [Fact]
    public async Task A_rollback_reads_as_its_golden_says()
    {
        using var rollout = RollingBack();
        await rollout.RunAsync();

        Golden.Match("tests/MlDeploy.Specs/Report/rolled-back.html.golden", HtmlReport.From(ReportBuilder.From(rollout.Entries())! with { Manifest = ReportSpecs.ExampleManifest }));
    }

    [Fact]
    public void Features_read_as_their_golden_says() =>
        Golden.Match("tests/MlDeploy.Specs/Report/features.html.golden", HtmlReport.From(Promoted() with { Features = ExampleFeatures.Few, Manifest = ReportSpecs.ExampleManifest }));

    [Fact]
    public async Task The_same_journal_makes_the_same_page_again_and_replaying_it_gives_the_same_verdict()
    {
        using var rollout = RollingBack();
        await rollout.RunAsync();

        var first = ReportBuilder.From(rollout.Entries())!;
        var again = ReportBuilder.Again(JournalReader.Read(rollout.JournalPath))!;

        Assert.Empty(again.Discrepancies);
        Assert.Equal(first.Verdict, again.Verdict);
        Assert.Equal(HtmlReport.From(first), HtmlReport.From(again));
        Assert.Equal(first.ToJson(), again.ToJson());
    }

    [Fact]
    public async Task A_journal_that_was_changed_says_so_on_its_page()
    {
        using var rollout = RollingBack();
        await rollout.RunAsync();
        var entries = rollout.Entries().Select(entry => entry is LookEntry { Step: 0, Judgments: { } judgments } look
            ? look with { Judgments = [.. judgments.Select(judgment => judgment with { Value = 0.9 })] }
            : entry).ToArray();

        var report = ReportBuilder.Again(entries)!;

        Assert.NotEmpty(report.Discrepancies);
        Assert.Contains("Replaying the journal does not give what is written in it", HtmlReport.From(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_others_wrote_becomes_markup()
    {
        using var rollout = new ScriptedRollout(candidate: Evil, stable: Evil) { Start = _ => throw new ExpectedException(ExitCode.TargetFailed, $"{Evil}\n{Evil}", Evil) };
        await rollout.RunAsync();
        var plain = ReportBuilder.From([rollout.Opened with { Application = Evil, Holder = Evil, RunUrl = $"javascript:{Evil}", ToolVersion = Evil, Manifest = $$"""{ "name": "</pre><script>1</script>" }""" }, .. rollout.Entries().Skip(1), new NoteEntry(99, Examples.Start, Evil)])!;
        var report = plain with
        {
            Tests = [new TestReport(Evil, false, Evil)],
            Model = new ModelReport(Evil, Evil, null, Evil),
            Discrepancies = [Evil],
            Manifest = plain.Manifest with { Image = Evil, Command = [Evil] },
            Steps = [new StepReport(Evil, 0.5, TimeSpan.FromSeconds(1), [EvilJudgment])],
            Gates = [new GateReport { Gate = Evil, Limit = Evil, Unit = MetricUnit.Share, Max = double.NaN, Points = [Point(1, double.NaN), Point(2, double.PositiveInfinity), Point(3, -1e300)] }],
            Features = ExampleFeatures.Hostile(Evil),
        };

        var page = HtmlReport.From(report);

        var text = AllText(page);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', page);
        Assert.DoesNotContain('\u001b', page);
        Assert.DoesNotContain("href=\"javascript", page, StringComparison.Ordinal);
        Assert.All(Elements(page).SelectMany(element => element.Attributes()), attribute => Assert.DoesNotMatch("NaN|Infinity|[0-9]E[+]", attribute.Value));
        Assert.Contains("<script>alert(1)</script>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_made_of_a_web_address_only()
    {
        Assert.Contains("<a href=\"https://ci.example/run/7?a=1&amp;b=2\"", HtmlReport.From(Promoted() with { RunUrl = "https://ci.example/run/7?a=1&b=2" }), StringComparison.Ordinal);
        Assert.DoesNotContain("<a ", HtmlReport.From(Promoted() with { RunUrl = "data:text/html,hello" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DistanceMeasure.Overlap, 0.5, 0.2, 50, 20)]
    [InlineData(DistanceMeasure.Ks, 1, 0.2, 100, 20)]
    [InlineData(DistanceMeasure.Psi, 0.125, 0.25, 25, 50)]
    [InlineData(DistanceMeasure.Psi, 7, 0.25, 100, 50)]
    [InlineData(DistanceMeasure.Wasserstein, 3, 2, 75, 50)]
    public void A_bar_is_drawn_beside_the_largest_distance_or_beside_the_limit_where_there_is_none(DistanceMeasure measure, double distance, double limit, double width, double at)
    {
        var feature = ExampleFeatures.Few.Features[1] with { Measure = measure, Distance = distance, Limit = limit };
        var bars = Elements(HtmlReport.From(Promoted() with { Features = ExampleFeatures.Few with { Features = [feature] } })).Single(element => (string?)element.Attribute("class") == "meter").Elements().ToArray();

        Assert.Equal((width, at), ((double)bars[1].Attribute("width")!, (double)bars[2].Attribute("x1")!));
    }

    [Fact]
    public void The_page_asks_for_nothing_and_forbids_itself_to()
    {
        var page = HtmlReport.From(Promoted() with { Features = ExampleFeatures.Few });

        Assert.Contains("default-src 'none'; style-src 'unsafe-inline'", page, StringComparison.Ordinal);
        Assert.All(Elements(page).SelectMany(element => element.Attributes()), attribute =>
            Assert.False(attribute.Name.LocalName is "src" or "href" or "action" or "data" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal), attribute.ToString()));
        Assert.DoesNotContain("url(http", page, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_listens_gets_headings_in_order_named_tables_and_a_text_for_every_drawing()
    {
        var elements = Elements(HtmlReport.From(Promoted() with { Features = ExampleFeatures.Few })).ToArray();

        var levels = elements.Where(element => element.Name.LocalName is ['h', >= '1' and <= '6']).Select(element => element.Name.LocalName[1] - '0').ToArray();
        Assert.Equal(1, levels[0]);
        Assert.Single(levels, 1);
        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
        var ids = elements.Select(element => (string?)element.Attribute("id")).OfType<string>().ToArray();
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(
            elements.Select(element => (string?)element.Attribute("aria-labelledby")).OfType<string>().SelectMany(names => names.Split(' ')),
            name => Assert.Contains(name, ids));
        Assert.All(elements.Where(element => element.Name.LocalName == "svg"), svg => Assert.True(
            svg.AncestorsAndSelf().Any(element => (string?)element.Attribute("aria-hidden") == "true") || ((string?)svg.Attribute("role") == "img" && svg.Element("title")?.Value.Length > 0)));
        Assert.All(elements.Where(element => element.Name.LocalName == "th"), heading => Assert.NotNull(heading.Attribute("scope")));
    }

    [Fact]
    public void Fifty_features_and_a_rollout_of_a_day_take_less_than_half_a_megabyte()
    {
        var points = Enumerable.Range(0, 8640).Select(at => Point(10 * at, 0.01 + (0.001 * Math.Sin(at)))).ToImmutableArray();
        var report = Promoted() with
        {
            Features = ExampleFeatures.Many(50),
            Gates = [.. Enumerable.Range(0, 12).Select(gate => new GateReport { Gate = $"gate-{gate}", Limit = "at most 5 %", Unit = MetricUnit.Share, Max = 0.05, Points = [.. points.Take(GateReport.MostPoints)] })],
        };

        Assert.InRange(Encoding.UTF8.GetByteCount(HtmlReport.From(report)), 100_000, 500_000);
    }

    [Fact]
    public void A_hundred_thousand_features_make_a_page_of_bounded_size() =>
        Assert.InRange(HtmlReport.From(Promoted() with { Features = ExampleFeatures.Many(100_000) }).Length, 100_000, 2_000_000);

    [Fact]
    public async Task A_long_rollout_keeps_a_bounded_number_of_points_with_every_turn_among_them()
    {
        using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("weight: 5%, for: 10s", "weight: 5%, for: 3000s", StringComparison.Ordinal))
        {
            Measure = (step, look) => step == 0 && look == 700 ? ScriptedRollout.Counts(200, 1, 4000, 4) : ScriptedRollout.Good(),
        };
        await rollout.RunAsync();
        var told = rollout.Entries().OfType<LookEntry>().Where(look => look.Judgments is not null).ToArray();

        var gate = ReportBuilder.From(rollout.Entries())!.Gates.Single(gate => gate.Gate == "http.errors");

        Assert.True(told.Length > GateReport.MostPoints, $"{told.Length}");
        Assert.InRange(gate.Points.Length, 60, GateReport.MostPoints);
        Assert.Equal(told[^1].At - rollout.Opened.At, gate.Points[^1].At);
        Assert.Equal([0, 1, 2], gate.Points.Select(point => point.Step).Distinct());
    }

    private static ScriptedRollout RollingBack() => new()
    {
        Measure = (step, look) => step == 1 && look == 2 ? ScriptedRollout.Counts(200, 100, 200, 1) : ScriptedRollout.Good(),
    };

    private static Judgment EvilJudgment => Examples.Judged(JudgmentKind.Inconclusive, Evil) with { Limit = Evil, Reason = Evil, Value = double.NaN, Low = double.NaN, High = double.PositiveInfinity };

    private static GatePoint Point(int seconds, double value) => new(TimeSpan.FromSeconds(seconds), 0, JudgmentKind.Pass, value, value / 2, value * 2, value, 100);

    private static DeploymentReport Promoted()
    {
        using var rollout = new ScriptedRollout();
        rollout.RunAsync().GetAwaiter().GetResult();
        return ReportBuilder.From(rollout.Entries())!;
    }

    /// <summary>The page is well-formed but for the tags that HTML leaves open.</summary>
    private static IEnumerable<XElement> Elements(string page) => Parse(page).DescendantsAndSelf();

    private static string AllText(string page) => Parse(page).Value;

    private static XElement Parse(string page)
    {
        var body = page[page.IndexOf("<body>", StringComparison.Ordinal)..(page.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        return XElement.Parse(body);
    }
}
