using System.CommandLine;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.Rehearsal;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Rollout;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy simulate`</summary>
internal static class SimulateCommand
{
    /// <summary>A chance of 90 % is known to ± 1.5 % then, in about the time one waits for an answer.</summary>
    private const int UsualRuns = 2000;
    private const int MostRuns = 1_000_000;
    private const int MostFeatures = 10_000;

    private static readonly Option<string?> Rate = new("--rate") { Description = "Requests, both versions together: 50/s, 600/min; default: rollout.expectedRequests.", HelpName = "RATE" };
    private static readonly Option<string[]> Effects = new("--effect") { Description = "What is wrong with the candidate: http.errors=1%..3%, latency.p99=x1.5, model.inputs.drift=0.5sd, model.inputs.missing=1%..10%. Repeatable.", HelpName = "METRIC=CHANGE", Required = true };
    private static readonly Option<int> Features = new("--features") { Description = $"Features of the model, which share the budget of a gate on inputs; default {RehearsalRequest.UsualFeatures}.", HelpName = "N", DefaultValueFactory = _ => RehearsalRequest.UsualFeatures };
    private static readonly Option<int> Runs = new("--runs") { Description = $"Rollouts to simulate; default {UsualRuns}.", HelpName = "N", DefaultValueFactory = _ => UsualRuns };
    private static readonly Option<int> Seed = new("--seed") { Description = "Another seed, other chances; default 1.", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static ToolCommand Create(CommonOptions options) =>
        new ToolCommand(Groups.Describe, "simulate", "Rehearse the rollout: how soon its gates would catch a given effect, and what that costs.", RunAsync)
        {
            Examples =
            [
                "mldeploy simulate --rate 50/s --effect http.errors=1%..3%",
                "mldeploy simulate --rate 50/s --effect model.inputs.drift=0.5sd --features 20",
                "mldeploy simulate --rate 600/min --effect latency.p99=x1.5 --set rollout.bake=20m",
            ],
        }.With([Rate, Effects, Features, Runs, Seed, .. options.Manifest]);

    private static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var manifest = await ManifestFile.LoadAsync(parse, context);
        var runs = parse.GetValue(Runs);
        if (runs is < 100 or > MostRuns)
        {
            throw new ExpectedException(ExitCode.Usage, $"--runs {runs}: chances need from 100 to {MetricText.Count(MostRuns)} rollouts", $"leave it out for {UsualRuns}");
        }

        var features = parse.GetValue(Features);
        if (features is < 1 or > MostFeatures)
        {
            throw new ExpectedException(ExitCode.Usage, $"--features {features}: a model has from 1 to {MetricText.Count(MostFeatures)}", $"leave it out for {RehearsalRequest.UsualFeatures}");
        }

        var rate = parse.GetValue(Rate) is { } text ? Effect.ReadRate(text) : manifest.Rollout.ExpectedRequests
            ?? throw new ExpectedException(ExitCode.Usage, "how many requests come is not known", "say it with --rate 50/s, or set rollout.expectedRequests");
        var request = new RehearsalRequest(manifest, rate, [.. (parse.GetValue(Effects) ?? []).Select(Effect.Read)], runs, parse.GetValue(Seed)) { Features = features };
        var report = await Task.Run(() => Rehearsal.Run(request, line => context.Progress.State(line, Tone.Quiet), context.Stop), context.Stop);
        context.Results.Write("simulation", report, RehearsalReport.Json, (to, palette) => Write(report, manifest, to, palette));
        return ExitCode.Done;
    }

    private static void Write(RehearsalReport report, AppManifest manifest, TextWriter text, Palette palette)
    {
        text.WriteLine($"{report.Application}: {MetricText.Count(report.Runs)} rollouts at {MetricText.Rounded(report.Rate)} requests/s, seed {report.Seed}");
        foreach (var line in report.Imagined)
        {
            text.WriteLine($"  {line}");
        }

        text.WriteLine();
        text.WriteLine(palette.Paint(report.Caught >= 0.9 ? Tone.Good : Tone.Bad, Verdict(report)));
        text.WriteLine($"cost: {MetricText.Rounded(report.BadAnswers)} bad (failed, too slow, or to bad inputs) answers on average, {MetricText.Rounded(report.ExcessBadAnswers)} more than stable would have given, in {MetricText.Count(report.CandidateRequests)} at the candidate");
        text.WriteLine();
        Steps(report).Write(text, palette);
        text.WriteLine();
        Gates(report).Write(text, palette);
        text.WriteLine();
        text.WriteLine(Harmless(report));
        if (manifest.Rollout.Stickiness is not null)
        {
            text.WriteLine("note: with stickiness users are judged; each request was taken for a user of its own, so fewer users than requests take longer");
        }

        foreach (var advice in report.Advice)
        {
            text.WriteLine(palette.Paint(Tone.Warning, $"→ {advice}"));
        }
    }

    private static string Verdict(RehearsalReport report) =>
        $"caught in {Percent(report.Caught)} of rollouts"
        + (report.Median is { } median ? $", half of them all within {Words.Of(median)}" : "")
        + (report.NineInTen is { } most ? $", nine in ten within {Words.Of(most)}" : "")
        + (report.Inconclusive > 0 ? $"; {Percent(report.Inconclusive)} end inconclusive" : "")
        + (report.Promoted > 0 ? $"; {Percent(report.Promoted)} are promoted all the same" : "");

    private static string Harmless(RehearsalReport report) =>
        $"a harmless version: rolled back in {MetricText.Count(report.Harmless.RolledBack)} of {MetricText.Count(report.Harmless.Runs)} (at most {Percent(report.Harmless.AtMost)}; promised: at most {Percent(report.Harmless.Promised)})"
        + (report.Harmless.Inconclusive > 0 ? $", inconclusive in {Percent(report.Harmless.Inconclusive)}" : "");

    private static Table Steps(RehearsalReport report)
    {
        var table = new Table("step", ">weight", ">for", ">requests", ">caught here", ">caught so far", ">inconclusive");
        foreach (var step in report.Steps)
        {
            table.Add(step.Name, Words.Percent(step.Weight), Words.Of(step.For), MetricText.Count(step.Requests), Percent(step.CaughtHere), Percent(step.CaughtSoFar), Percent(step.Inconclusive));
        }

        return table;
    }

    private static Table Gates(RehearsalReport report)
    {
        var table = new Table("gate", ">caught", ">half within", ">nine in ten", ">requests", "limit");
        foreach (var gate in report.Gates)
        {
            table.Add(
                gate.Gate, gate.NotRehearsed is { } why ? new Cell($"({why})", Tone.Quiet) : Percent(gate.Caught!.Value), Time(gate.Median), Time(gate.NineInTen),
                gate.MedianRequests is { } requests ? MetricText.Count(requests) : null, gate.Limit);
        }

        return table;
    }

    private static string? Time(TimeSpan? time) => time is { } known ? Words.Of(known) : null;

    private static string Percent(double share) => Words.Percent(Math.Round(share, 4));
}
