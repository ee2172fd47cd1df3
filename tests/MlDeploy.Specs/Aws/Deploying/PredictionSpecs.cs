using System.Text;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Deploying.Predictions;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest.Rules;
using MlDeploy.Core.Rollout;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Aws.Deploying;

/// <summary>Both arms' predictions out of CloudWatch Logs, and what the gates on the model make of them.</summary>
public sealed class PredictionSpecs
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    private readonly LoggedPredictions account = new();
    private readonly List<string> notes = [];

    [Fact]
    public async Task Inputs_like_the_profile_pass_and_inputs_in_another_unit_fail_by_their_drift()
    {
        using var session = await account.SessionAsync();
        var (good, _) = await JudgedAsync(session, factor: 1);
        Assert.All(good, judgment => Assert.Equal(JudgmentKind.Pass, judgment.Kind));

        var (bad, rows) = await JudgedAsync(session, factor: 0.001);
        var failed = bad.Single(judgment => judgment.Kind == JudgmentKind.Fail);
        Assert.Equal("model.inputs.drift", failed.Gate);
        Assert.Contains("age is at a distance of", failed.Reason);
        Assert.InRange(rows, 1, 200);
    }

    [Fact]
    public async Task A_prediction_that_is_a_bare_nan_fails_its_gate()
    {
        using var session = await account.SessionAsync();
        var (judgments, _) = await JudgedAsync(session, factor: 1, "NaN");

        Assert.Contains(judgments, judgment => judgment is { Gate: "model.prediction.invalid", Kind: JudgmentKind.Fail });
    }

    [Fact]
    public async Task Lines_that_come_late_count_once_and_lines_of_before_the_step_do_not()
    {
        using var session = await account.SessionAsync();
        var meter = await MeterAsync(session);
        account.Log(LoggedPredictions.Candidate, account.Line());
        account.Clock.Advance(TimeSpan.FromSeconds(1));
        meter.BeginStep(compared: true, account.Clock.GetUtcNow());
        for (var line = 0; line < 60; line++)
        {
            account.Clock.Advance(TimeSpan.FromSeconds(1));
            account.Log(LoggedPredictions.Candidate, account.Line(), late: TimeSpan.FromSeconds(line % 3 == 0 ? 50 : 3));
        }

        Assert.Equal(60, (await LastAsync(meter)).Rows);
    }

    [Fact]
    public async Task More_lines_than_the_calls_allow_are_sampled_over_time_and_what_is_left_out_is_told()
    {
        account.PageSize = 100;
        using var session = await account.SessionAsync();
        var meter = await MeterAsync(session);
        meter.BeginStep(compared: true, account.Clock.GetUtcNow());
        account.Calls.Clear();
        var began = account.Clock.GetUtcNow();
        var measured = new List<Measurement>();
        for (var minute = 0; minute < 6; minute++)
        {
            for (var look = 0; look < 6; look++)
            {
                account.Orders(LoggedPredictions.Candidate, 500, TimeSpan.FromSeconds(5));
                account.Orders(LoggedPredictions.Stable, 500, TimeSpan.FromSeconds(5));
                measured.AddRange(await meter.MeasureAsync(CancellationToken.None));
            }
        }

        var minutes = (account.Clock.GetUtcNow() - began).TotalMinutes;
        Assert.InRange(account.Calls.Count / minutes, 4, 7.2);
        var last = measured.OfType<ModelMeasurement>().Last();
        Assert.InRange(last.Rows, 1_000, 4_000);
        Assert.InRange(last.Capture.Rows + last.Capture.Dropped, 25_000, 45_000);
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_for_long_is_an_error_and_is_measured_again_after()
    {
        using var session = await account.SessionAsync();
        var meter = await MeterAsync(session);
        meter.BeginStep(compared: true, account.Clock.GetUtcNow());
        account.Orders(LoggedPredictions.Candidate, 300, TimeSpan.FromSeconds(40));
        account.Throttles = true;
        var troubled = new List<Measurement>();
        for (var look = 0; look < 12; look++)
        {
            account.Clock.Advance(Look);
            troubled.AddRange(await meter.MeasureAsync(CancellationToken.None));
        }

        Assert.Contains(troubled, measurement => measurement is MissingMeasurement { Failed: true } missing && missing.Reason.Contains("Rate exceeded", StringComparison.Ordinal));
        account.Throttles = false;
        Assert.Equal(300, (await LastAsync(meter)).Rows);
    }

    [Fact]
    public async Task A_test_s_line_shows_before_traffic_that_the_candidate_logs_its_predictions()
    {
        using var session = await account.SessionAsync();
        var meter = Meter(session, await JudgingAsync(session));
        var missing = await meter.CheckAsync(
            LoggedPredictions.Candidate,
            (_, _) =>
            {
                account.Log(LoggedPredictions.Candidate, account.Line(), late: TimeSpan.FromSeconds(20));
                return Task.FromResult<string?>(null);
            },
            CancellationToken.None);

        Assert.Empty(missing);
    }

    [Fact]
    public async Task What_is_not_logged_is_told_with_the_line_to_log()
    {
        var text = new StringBuilder();
        Tell(text, "nothing is configured", string.Join('\n', TargetRules.ForAws(Reading.Valid(OnAws, set: ["model.profile=p.json", "rollout.gates=[{metric: model.inputs.drift, max: 0.2}, {metric: model.age, max: 90d}]", "model.trainedAt=2026-11-18T08:00:00Z"]))
            .Select(problem => $"{problem.Path} {problem.Message}\n{problem.Remedy}")));
        Tell(text, "the default gates, with a profile", string.Join('\n', TargetRules.ForAws(Reading.Valid(OnAws, set: ["model.profile=p.json"])).Select(problem => $"{problem.Path} {problem.Message}\n{problem.Remedy}")));
        Tell(text, "a file in a container", string.Join('\n', TargetRules.ForAws(Reading.Valid(OnAws, set: ["model.log.path=/var/log/predictions.jsonl"])).Select(problem => $"{problem.Path} {problem.Message}\n{problem.Remedy}")));
        using var session = await account.SessionAsync();
        Tell(text, "stable logs nothing that the candidate is compared with", Told(await Assert.ThrowsAsync<ExpectedException>(() => JudgingAsync(session, """[{"metric":"model.prediction.drift","max":0.2}]"""))));
        var judging = await JudgingAsync(session);
        Tell(text, "stable logs nothing, and nothing is compared", Assert.Single(notes));
        var check = (await Meter(session, judging).CheckAsync(LoggedPredictions.Candidate, (_, _) => Task.FromResult<string?>(null), CancellationToken.None)).Single();
        Tell(text, "the candidate passes a test and logs nothing", $"{new EvidenceMissing(check.Gate, check.Reason)}");
        var cut = await MeterAsync(session);
        cut.BeginStep(compared: true, account.Clock.GetUtcNow());
        account.Orders(LoggedPredictions.Candidate, 40, TimeSpan.FromSeconds(60), prediction: "0.2 and no end");
        Tell(text, "what the candidate logs is no JSON", (await LookAsync(cut)).OfType<MissingMeasurement>().First().Reason);
        account.Driver = "awsfirelens";
        Tell(text, "the log goes elsewhere", Told(await Assert.ThrowsAsync<ExpectedException>(() => JudgingAsync(session))));

        Golden.Match("tests/MlDeploy.Specs/Aws/Deploying/predictions.golden", text.ToString());
    }

    private const string OnAws = """
        apiVersion: mldeploy/v1
        name: app
        version: v1
        application: { image: x:1 }
        rollout: { steps: [ { weight: 10%, for: 15m } ], bake: 10m }
        targets: { aws: { region: eu-central-1 } }
        """;

    private static string Told(ExpectedException failure) => $"exit {(int)failure.ExitCode}: {failure.Message}\n{failure.Remedy}";

    private static void Tell(StringBuilder text, string when, string told) => text.Append($"## {when}\n{told}\n\n");

    private Task<ModelJudging> JudgingAsync(AwsSession session, string? gates = null) => new ModelEvidence(session, ScriptedAccount.Place, account.Clock, notes.Add)
        .JudgingAsync(gates is null ? LoggedPredictions.Manifest() : LoggedPredictions.Manifest(gates), LoggedPredictions.Profile, LoggedPredictions.StableVersion, CancellationToken.None);

    private PredictionMeter Meter(AwsSession session, ModelJudging judging) =>
        PredictionMeter.For(session, ScriptedAccount.Place, account.Order(LoggedPredictions.Manifest(), judging), account.Clock, notes.Add)!;

    /// <summary>Of a candidate that has traffic.</summary>
    private async Task<PredictionMeter> MeterAsync(AwsSession session)
    {
        var meter = Meter(session, await JudgingAsync(session));
        await meter.CheckAsync(LoggedPredictions.Candidate, ask: null, CancellationToken.None);
        return meter;
    }

    private async Task<(IReadOnlyList<Judgment> Judgments, long Rows)> JudgedAsync(AwsSession session, double factor, string prediction = "0.25")
    {
        var meter = await MeterAsync(session);
        var order = account.Order(LoggedPredictions.Manifest(), await JudgingAsync(session));
        var judge = new Judge(RolloutJudging.PlanFor(order.Manifest, order.Plan));
        judge.BeginStep(0, comparable: true);
        meter.BeginStep(compared: true, account.Clock.GetUtcNow());
        IReadOnlyList<Judgment> judgments = [];
        for (var look = 0; look < 36 && !judgments.Any(judgment => judgment.Kind == JudgmentKind.Fail); look++)
        {
            account.Orders(LoggedPredictions.Stable, 80, Look / 2);
            account.Orders(LoggedPredictions.Candidate, 40, Look / 2, factor, prediction);
            judgments = judge.Look(await meter.MeasureAsync(CancellationToken.None));
        }

        return (judgments, judgments.Max(judgment => judgment.N));
    }

    private async Task<IReadOnlyList<Measurement>> LookAsync(PredictionMeter meter)
    {
        account.Clock.Advance(TimeSpan.FromSeconds(61));
        return await meter.MeasureAsync(CancellationToken.None);
    }

    /// <summary>The newest counts, whether there are more or not.</summary>
    private async Task<ModelMeasurement> LastAsync(PredictionMeter meter)
    {
        var measured = new List<Measurement>();
        for (var look = 0; look < 12; look++)
        {
            account.Clock.Advance(Look);
            measured.AddRange(await meter.MeasureAsync(CancellationToken.None));
        }

        return measured.OfType<ModelMeasurement>().Last();
    }
}
