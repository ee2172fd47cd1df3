using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Report;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Rollout;

namespace MlDeploy.Specs.Report;

public sealed class ReportSpecs
{
    [Fact]
    public async Task A_promotion()
    {
        using var rollout = new ScriptedRollout();
        await rollout.RunAsync();
        Match("promoted", rollout.Entries());
    }

    [Fact]
    public async Task A_rollback()
    {
        using var rollout = new ScriptedRollout { Measure = (step, look) => step == 1 && look == 2 ? ScriptedRollout.Counts(200, 100, 200, 1) : ScriptedRollout.Good() };
        await rollout.RunAsync();
        Match("rolled-back", rollout.Entries());
    }

    [Fact]
    public async Task A_rollback_that_could_not_be_verified()
    {
        using var rollout = new ScriptedRollout
        {
            Start = _ => throw new ExpectedException(ExitCode.TargetFailed, "v2-0 never became healthy: The process ended with exit code 3.\nLast lines of its log:\n  ```\n  | boom | <b>", "Read the log."),
            Restore = () => new StableNotVerified("stable v1-0 is failed: it ended.\n  its log", "nothing", "run `mldeploy rollback`"),
        };
        await rollout.RunAsync();
        Match("unsafe", rollout.Entries());
    }

    [Fact]
    public async Task A_pause()
    {
        using var rollout = new ScriptedRollout(ScriptedRollout.Canary.Replace("patience: 20s", "patience: 20s, onInconclusive: pause", StringComparison.Ordinal));
        rollout.Measure = (_, _) => ScriptedRollout.Good(candidate: 1);
        var run = rollout.RunAsync();
        await Local.Eventually.Becomes(() => rollout.Runner.State.Phase == Phase.Paused, "it pauses");
        Match("paused", rollout.Entries());
        rollout.Runner.Request(new AbortRequested("ann"));
        await run;
    }

    [Fact]
    public async Task A_first_deployment()
    {
        using var rollout = new ScriptedRollout(first: true) { Measure = (_, _) => [new LevelMeasurement("restarts", 0)] };
        await rollout.RunAsync();
        Match("first", rollout.Entries());
    }

    [Fact]
    public async Task What_others_wrote_is_shown_and_does_nothing()
    {
        using var rollout = new ScriptedRollout { Start = _ => throw new ExpectedException(ExitCode.TargetFailed, "a | b <script>`x` [l](http://e) \u001b[31mred **bold** time_to_order\r\n# log | line", "Do.") };
        await rollout.RunAsync();
        var report = ReportBuilder.From([rollout.Opened with { Holder = "eve|*\n# h", RunUrl = "javascript:alert(1)" }, .. rollout.Entries().Skip(1), new NoteEntry(99, Examples.Start, "- a\n- b | c")])!;
        var markdown = MarkdownReport.From(report);

        Assert.DoesNotContain("<script>", markdown.Split("```")[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', markdown);
        Assert.DoesNotContain("(javascript:alert(1))\n", markdown, StringComparison.Ordinal);
        Assert.Contains("a \\| b \\<script\\>\\`x\\` \\[l\\](http://e)", markdown, StringComparison.Ordinal);
        Assert.Contains("time_to_order", markdown, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', report.Verdict);
        Assert.All(markdown.Split('\n').Where(line => line.StartsWith('|')), line => Assert.Equal(5, line.Replace("\\|", "", StringComparison.Ordinal).Count('|')));
        Assert.Contains("# log | line", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_that_was_not_even_begun_gives_no_report() => Assert.Null(ReportBuilder.From([]));

    [Theory]
    [InlineData("one.", "one")]
    [InlineData("\n  one:\r\ntwo", "one")]
    [InlineData("", "")]
    [InlineData("a\u0007b\tc", "a b c")]
    public void A_reason_becomes_one_sentence(string reason, string sentence) => Assert.Equal(sentence, Words.FirstLine(reason));

    [Fact]
    public void A_reason_of_a_megabyte_becomes_a_short_sentence() => Assert.Equal(401, Words.FirstLine(new string('x', 1 << 20)).Length);

    /// <summary>Stands in goldens for the real one, which changes with every setting that is added.</summary>
    internal static ManifestReport ExampleManifest { get; } = new("0f00", null, ["./app"], JsonDocument.Parse("""{ "name": "app", "rollout": { "bake": "10s" } }""").RootElement);

    [Fact]
    public async Task The_manifest_stands_in_the_report_whole_with_the_digest_of_its_bytes()
    {
        using var rollout = new ScriptedRollout();
        await rollout.RunAsync();

        var manifest = ReportBuilder.From(rollout.Entries())!.Manifest;

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rollout.Opened.Manifest))), manifest.Digest);
        Assert.Equal(rollout.Opened.Manifest, manifest.Settings?.GetRawText());
    }

    private static void Match(string name, IReadOnlyList<JournalEntry> entries)
    {
        var report = ReportBuilder.From(entries)! with { Manifest = ExampleManifest };
        Golden.Match($"tests/MlDeploy.Specs/Report/{name}.md.golden", MarkdownReport.From(report));
        Golden.Match($"tests/MlDeploy.Specs/Report/{name}.json.golden", report.ToJson().ReplaceLineEndings("\n") + "\n");
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal("mldeploy/report/v1", json.RootElement.EnumerateObject().First().Value.GetString());
        Assert.Equal(report.Verdict, json.RootElement.GetProperty("verdict").GetString());
    }
}
