using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Core.Report;
using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Capture;

/// <summary>From windows of both arms to the judgments of the model gates, as a rollout makes them.</summary>
public sealed class ModelGateSpecs
{
    private const int Numbers = 18;
    private static readonly string[] Countries = ["DE", "AT", "CH", "FR"];
    private static readonly ModelReference Profile = ModelReference.Of(Draw(new Random(1), 20_000, new Fault()));
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 5, 0, 0, TimeSpan.Zero);

    private static readonly ImmutableArray<Gate> Gates =
    [
        Of("model.inputs.drift", max: 0.2), Of("model.inputs.missing", maxIncrease: 0.02), Of("model.inputs.unseen", max: 0.01), Of("model.inputs.schema", max: 0),
        Of("model.prediction.invalid", max: 0), Of("model.prediction.drift", max: 0.15), Of("model.prediction.profile", max: 0.15),
    ];

    [Fact]
    public void Traffic_like_the_profile_s_raises_no_alarm_and_passes()
    {
        var alarms = 0;
        for (var seed = 0; seed < 8; seed++)
        {
            var looks = Rollout(seed, new Fault(), looks: 20, rowsPerLook: 100);
            alarms += looks.Any(look => look.Any(judgment => judgment.Kind == JudgmentKind.Fail)) ? 1 : 0;
            Assert.All(looks[^1], judgment => Assert.Equal(JudgmentKind.Pass, judgment.Kind));
        }

        Assert.Equal(0, alarms);
    }

    [Theory]
    [InlineData("model.inputs.drift", "scale", 200, "number_3")]
    [InlineData("model.inputs.drift", "shift", 2_000, "number_3")]
    [InlineData("model.inputs.missing", "missing", 700, "number_3")]
    [InlineData("model.inputs.unseen", "unseen", 1_000, "country")]
    [InlineData("model.inputs.schema", "renamed", 200, "number_3 is absent")]
    [InlineData("model.inputs.schema", "text", 200, "number_3 is of another type")]
    [InlineData("model.prediction.invalid", "nan", 1_500, "predictions")]
    [InlineData("model.prediction.drift", "answers", 1_000, "from stable's")]
    [InlineData("model.prediction.profile", "answers", 1_000, "from the profile")]
    public void A_fault_fails_its_gate_within_so_many_rows_and_the_reason_names_it(string gate, string fault, int rows, string named)
    {
        var looks = Rollout(seed: 7, new Fault(fault), looks: rows / 50, rowsPerLook: 50);

        var failed = looks.SelectMany(look => look).FirstOrDefault(judgment => judgment.Kind == JudgmentKind.Fail && judgment.Gate == gate);
        Assert.NotNull(failed);
        Assert.Contains(named, failed.Reason);
        Assert.False(failed.StableFailsToo);
    }

    [Fact]
    public void Arms_with_different_inputs_are_not_compared()
    {
        var looks = Rollout(seed: 3, new Fault("scale+answers"), looks: 10, rowsPerLook: 200);

        var drift = looks[^1].Single(judgment => judgment.Gate == "model.prediction.drift");
        Assert.Equal(JudgmentKind.Inconclusive, drift.Kind);
        Assert.Contains("void: the arms' inputs differ (number_3)", drift.Reason);
    }

    [Fact]
    public void Where_stable_has_the_same_profile_and_fails_too_going_back_is_no_remedy()
    {
        var yardstick = Yardstick() with { StableSharesProfile = true };
        var judge = new Judge(Plan(yardstick));
        judge.BeginStep(0, comparable: true);
        var both = Draw(new Random(2), 500, new Fault("scale"));
        var judgments = judge.Look(new ModelMeter(Gates, yardstick, null).Measure(Now, Arm(both, new Fault()), Arm(both, new Fault())));

        Assert.True(judgments[0] is { Kind: JudgmentKind.Fail, StableFailsToo: true });
    }

    [Fact]
    public void Nothing_captured_is_no_data_and_says_why()
    {
        var judge = new Judge(Plan(Yardstick()));
        judge.BeginStep(0, comparable: true);
        var meter = new ModelMeter(Gates, Yardstick(), null);

        var judgments = judge.Look(meter.Measure(Now, new CapturedArm(null, 0, 0, new CaptureTally(0, 0, 12)), null));

        Assert.All(judgments, judgment => Assert.Equal(JudgmentKind.NoData, judgment.Kind));
        Assert.Contains("none of 12 requests", judgments[0].Reason);
    }

    [Fact]
    public void A_model_that_is_too_old_fails()
    {
        var gate = Of("model.age", max: 3600);
        var judge = new Judge(Plan(Yardstick()) with { Gates = [gate] });
        judge.BeginStep(0, comparable: true);

        Assert.Equal(JudgmentKind.Pass, Assert.Single(judge.Look(new ModelMeter([gate], null, Now.AddMinutes(-59)).Measure(Now, null, null))).Kind);
        Assert.Equal(JudgmentKind.Fail, Assert.Single(judge.Look(new ModelMeter([gate], null, Now.AddMinutes(-61)).Measure(Now, null, null))).Kind);
    }

    [Fact]
    public void The_journal_s_measurements_and_yardstick_give_the_same_judgments_again_and_stay_few()
    {
        var yardstick = Yardstick();
        var (judge, meter) = (new Judge(Plan(yardstick)), new ModelMeter(Gates, yardstick, null));
        judge.BeginStep(0, comparable: true);
        var (candidate, stable) = (Draw(new Random(5), 0, new Fault()), Draw(new Random(6), 0, new Fault()));
        var lines = new List<string>();
        for (var look = 0; look < 200; look++)
        {
            Add(candidate, new Random(1000 + look), 50, new Fault("shift"));
            Add(stable, new Random(5000 + look), 200, new Fault());
            ImmutableArray<Measurement> measured = [.. meter.Measure(Now, Arm(candidate, new Fault()), Arm(stable, new Fault()))];
            lines.Add(JournalFormat.Write(new LookEntry(look + 2, Now, 0, TimeSpan.FromSeconds(2 * look), measured, judge.Look(measured))));
        }

        var plan = RolloutPlan.For(new RolloutSettings(), firstDeployment: false) with { Model = yardstick };
        var opened = (OpenedEntry)JournalFormat.Read(Encoding.UTF8.GetBytes(JournalFormat.Write(new OpenedEntry(1, Now, 1, 1, "a", "b", "c", "{}", plan, "h", null, "1"))));
        var again = new Judge(Plan(opened.Plan.Model!));
        again.BeginStep(0, comparable: true);
        foreach (var look in lines.Select(line => (LookEntry)JournalFormat.Read(Encoding.UTF8.GetBytes(line))))
        {
            Assert.Equal(look.Judgments!.Value, again.Look(look.Measurements));
        }

        Assert.InRange(lines.Count(line => line.Contains("\"kind\":\"model\"", StringComparison.Ordinal)), 20, 110);
    }

    [Fact]
    public void The_report_s_features_are_made_from_the_journal_alone()
    {
        var manifest = Reading.Valid(Reading.Minimal, set: ["model.profile=p.json", "model.prediction=$.p", "rollout.gates=[{metric: model.inputs.drift, max: 0.2, measure: ks}, {metric: model.inputs.missing, maxIncrease: 2%}, {metric: model.prediction.drift, max: 0.15, measure: ks}]"]);
        var plan = RolloutPlan.For(manifest.Rollout, firstDeployment: false) with { Model = Yardstick() };
        var meter = new ModelMeter(manifest.Rollout.Gates, plan.Model, null);
        ImmutableArray<Measurement> measured = [.. meter.Measure(Now, Arm(Draw(new Random(3), 1_000, new Fault("scale+answers")), new Fault()), Arm(Draw(new Random(4), 3_000, new Fault()), new Fault()))];

        var report = ReportBuilder.From([new OpenedEntry(1, Now, 1, 1, "a", "b", "c", manifest.CanonicalJson, plan, "h", null, "1"), new LookEntry(2, Now, 0, TimeSpan.FromSeconds(2), measured)])!;

        var features = report.Features!;
        Assert.Equal(("profile profile.json, 20,000 rows", 4_000L), (features.Reference, features.Captured));
        var worst = features.Features.MaxBy(feature => feature.Distance)!;
        Assert.Equal("number_3", worst.Name);
        Assert.InRange(worst.DistanceAtLeast!.Value, 0.4, worst.Distance!.Value);
        Assert.All([worst.Reference!, worst.Stable!, worst.Candidate!], sample => Assert.Equal(1, sample.Shares.Sum(), 6));
        Assert.Equal(worst.Edges.Length - 1, worst.Candidate!.Shares.Length);
        Assert.InRange(worst.Candidate.Missing, 0, 0.03);
        Assert.Contains("number_3", Assert.Single(features.Void));
        Assert.Contains(features.Features, feature => feature is { IsPrediction: true, DistanceFrom: DistanceFrom.Stable, Distance: > 0.1 });
        Assert.All(features.Features.Where(feature => feature.Distance is not null), feature => Assert.Equal(DistanceMeasure.Ks, feature.Measure));
        Assert.Contains("number_3", HtmlReport.From(report));
    }

    private static List<ImmutableArray<Judgment>> Rollout(int seed, Fault fault, int looks, int rowsPerLook)
    {
        var yardstick = Yardstick();
        var (judge, meter, random) = (new Judge(Plan(yardstick)), new ModelMeter(Gates, yardstick, null), new Random(seed));
        judge.BeginStep(0, comparable: true);
        var (candidate, stable) = (Draw(random, 0, fault), Draw(random, 0, new Fault()));
        var told = new List<ImmutableArray<Judgment>>();
        for (var look = 0; look < looks; look++)
        {
            Add(candidate, random, rowsPerLook, fault);
            Add(stable, random, 3 * rowsPerLook, new Fault());
            told.Add(judge.Look(meter.Measure(Now, Arm(candidate, fault), Arm(stable, new Fault()))));
        }

        return told;
    }

    private static JudgingPlan Plan(ModelYardstick yardstick) => new(Gates, 0.99, 4, 100, UserUnits: false, ComparableSteps: 3, Model: yardstick);

    private static ModelYardstick Yardstick() => new(
        "profile.json, 20,000 rows", [.. Profile.Features.Select(feature => JudgedFeature.Of(feature))], JudgedFeature.Of(Profile.Prediction!), PredictionBins.Profile, StableSharesProfile: false);

    private static CapturedArm Arm(WindowSketch window, Fault fault)
    {
        var invalid = fault.Is("nan") ? window.Prediction!.Numbers.NaN : 0;
        return new CapturedArm(ModelMeasurements.Of(Profile, window, null).Candidate, window.Rows, invalid, new CaptureTally(window.Rows, 0, 0));
    }

    private static WindowSketch Draw(Random random, int rows, Fault fault)
    {
        var window = Profile?.NewWindow("v") ?? new WindowSketch { Prediction = new FeatureSketch() };
        Add(window, random, rows, fault);
        return window;
    }

    private static void Add(WindowSketch window, Random random, int rows, Fault fault)
    {
        window.Rows += rows;
        for (var row = 0; row < rows; row++)
        {
            for (var at = 0; at < Numbers; at++)
            {
                var value = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                Number(window, random, $"number_{at}", value, at == 3 ? fault : new Fault());
            }

            window.At("country")!.AddText(Encoding.UTF8.GetBytes(fault.Is("unseen") && random.NextDouble() < 0.05 ? "XX" : Countries[random.Next(Countries.Length)]));
            var answer = random.NextDouble();
            window.Prediction!.AddNumber(fault.Is("nan") && random.NextDouble() < 0.01 ? double.NaN : fault.Is("answers") ? Math.Sqrt(answer) : answer);
        }
    }

    private static void Number(WindowSketch window, Random random, string name, double value, Fault fault)
    {
        if (fault.Is("renamed"))
        {
            window.At(name + "_new")!.AddNumber(value);
        }
        else if (random.NextDouble() < (fault.Is("missing") ? 0.1 : 0.01))
        {
            window.At(name)!.AddMissing();
        }
        else if (fault.Is("text"))
        {
            window.At(name)!.AddText("many"u8);
        }
        else
        {
            window.At(name)!.AddNumber(fault.Is("scale") ? value * 1000 : fault.Is("shift") ? value + 0.5 : value);
        }
    }

    private static Gate Of(string metric, double? max = null, double? maxIncrease = null) => new() { Id = metric, Metric = metric, Max = max, MaxIncrease = maxIncrease };

    /// <param name="Words">What is wrong, joined by a plus.</param>
    private sealed record Fault(string Words = "")
    {
        public bool Is(string word) => Words.Split('+').Contains(word);
    }
}
