using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;
using MlDeploy.Core.Rollout;
using MlDeploy.Core.Rollout.Journal;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Capture;

/// <summary>What is wrong for one country only is found there, and named.</summary>
public sealed class SliceSpecs
{
    private static readonly string[] Countries = ["DE", "AT", "CH", "FR"];
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 5, 0, 0, TimeSpan.Zero);
    private static readonly CaptureSettings Settings = new(ModelProtocol.Json, "$", "$.p", (0, 1), 1, []);

    [Theory]
    [InlineData("model.prediction.invalid", "max: 2%", "nan", "predictions are no number")]
    [InlineData("model.inputs.drift", "max: 0.3", "scale", "amount is at a distance")]
    [InlineData("model.inputs.drift", "max: 1, measure: wasserstein", "scale", "amount is at a Wasserstein distance")]
    [InlineData("model.inputs.missing", "maxIncrease: 4%", "missing", "amount is missing")]
    [InlineData("model.prediction.drift", "max: 0.4", "answers", "from stable's")]
    public void A_fault_in_one_slice_fails_the_gate_and_the_reason_names_the_slice(string metric, string limit, string fault, string said)
    {
        var sliced = Run($"[{{metric: {metric}, {limit}, slices: [country]}}]", fault, rows: 6_000);
        var whole = Run($"[{{metric: {metric}, {limit}}}]", fault, rows: 6_000);

        Assert.Equal(JudgmentKind.Fail, sliced.Kind);
        Assert.StartsWith("where country = FR: ", sliced.Reason);
        Assert.Contains(said, sliced.Reason);
        Assert.NotEqual(JudgmentKind.Fail, whole.Kind);
    }

    [Fact]
    public void Slices_without_a_fault_pass_and_those_with_few_rows_are_named()
    {
        var told = Run("[{metric: model.inputs.drift, max: 0.3, slices: [country]}]", "", rows: 600);

        Assert.Equal(JudgmentKind.Pass, told.Kind);
        Assert.Contains("country = FR", told.Reason);
        Assert.Contains("too few rows", told.Reason);
        Assert.Contains("4 slices were judged by themselves", Run("[{metric: model.inputs.drift, max: 0.3, slices: [country]}]", "", rows: 20_000).Reason);
    }

    [Fact]
    public void Only_the_named_features_are_judged()
    {
        Assert.Equal(JudgmentKind.Fail, Run("[{metric: model.inputs.drift, max: 0.3, features: [amount]}]", "scale-all", rows: 2_000).Kind);
        Assert.Equal(JudgmentKind.Pass, Run("[{metric: model.inputs.drift, max: 0.3, features: [country]}]", "scale-all", rows: 2_000).Kind);
        Assert.Equal(JudgmentKind.Pass, Run("[{metric: model.inputs.drift, max: 0.3, except: [amount]}]", "scale-all", rows: 2_000).Kind);
    }

    [Theory]
    [InlineData("[{metric: model.inputs.drift, max: 0.3, slices: [amount]}]", "slices are values of a category")]
    [InlineData("[{metric: model.inputs.drift, max: 0.3, slices: [contry]}]", "did you mean country?")]
    [InlineData("[{metric: model.inputs.drift, max: 0.3, features: [amuont]}]", "write amount")]
    [InlineData("[{metric: model.inputs.drift, max: 0.3, measure: wasserstein, features: [country]}]", "use another measure")]
    public void What_could_never_be_judged_is_refused_before_anything_is_made(string gates, string said)
    {
        var refused = Assert.Throws<ExpectedException>(() => Judging(gates));

        Assert.Equal(ExitCode.Usage, refused.ExitCode);
        Assert.Contains(said, $"{refused.Message} {refused.Remedy}");
    }

    [Fact]
    public void Ten_of_many_values_are_judged_by_themselves_and_it_is_told()
    {
        var window = new WindowSketch();
        for (var row = 0; row < 2_000; row++)
        {
            window.Rows++;
            window.At("shop")!.AddText(Encoding.UTF8.GetBytes($"shop {row % 25}"));
        }

        var (slices, notes) = SliceChoice.Of([new Gate { Id = "g", Metric = "model.inputs.unseen", Slices = ["shop"] }], ModelReference.Of(window), null);

        Assert.Equal(10, slices!.Value.Length);
        Assert.Contains("the 10 most frequent of 25 values", Assert.Single(notes));
    }

    [Fact]
    public void The_journal_gives_the_same_judgments_again()
    {
        var (manifest, model) = Judging("[{metric: model.prediction.invalid, max: 2%, slices: [country]}]");
        var (judge, meter, plan) = Begin(manifest, model);
        var (candidate, stable) = (new StepWindow(model, 1, "c"), new StepWindow(model, 1, "s"));
        var opened = (OpenedEntry)Again(new OpenedEntry(1, Now, 1, 1, "a", "b", "c", manifest.CanonicalJson, RolloutPlan.For(manifest.Rollout, false) with { Model = model.Yardstick }, "h", null, "1"));
        var replayed = new Judge(plan with { Model = opened.Plan.Model });
        replayed.BeginStep(0, comparable: true);
        for (var look = 0; look < 20; look++)
        {
            Feed(candidate, new Random(look), 200, "nan");
            Feed(stable, new Random(1000 + look), 400, "");
            ImmutableArray<Measurement> measured = [.. meter.Measure(Now, candidate.Read(0, 0), stable.Read(0, 0))];
            var written = (LookEntry)Again(new LookEntry(look + 2, Now, 0, TimeSpan.FromSeconds(look), measured, judge.Look(measured)));
            Assert.Equal(written.Judgments!.Value, replayed.Look(written.Measurements));
        }
    }

    [Fact]
    public void Rows_of_a_batch_are_told_apart()
    {
        var (_, model) = Judging("[{metric: model.prediction.invalid, max: 2%, slices: [country]}]");
        var window = new StepWindow(model, 1, "c");
        var rows = Read("""[{"amount":1,"country":"DE"},{"amount":2,"country":"FR"},{"amount":3,"country":"DE"}]""", """[{"p":0.5},{"p":null},{"p":0.25}]""", model.Reference);
        window.Add(rows, (0, 1));

        var slices = window.Read(0, 0).Slices!.Value.ToDictionary(slice => slice.Slice.Value);
        Assert.Equal((2, 0), (slices["DE"].Counts.Rows, slices["DE"].Invalid));
        Assert.Equal((1, 1), (slices["FR"].Counts.Rows, slices["FR"].Invalid));
    }

    private static Judgment Run(string gates, string fault, int rows)
    {
        var (manifest, model) = Judging(gates);
        var (judge, meter, _) = Begin(manifest, model);
        var (candidate, stable) = (new StepWindow(model, 1, "c"), new StepWindow(model, 1, "s"));
        Judgment? last = null;
        for (var look = 0; look < 10; look++)
        {
            Feed(candidate, new Random(look), rows / 10, fault);
            Feed(stable, new Random(1000 + look), rows / 10, fault == "answers" ? "" : fault);
            last = judge.Look(meter.Measure(Now, candidate.Read(0, 0), stable.Read(0, 0)))[0];
            if (last.Kind == JudgmentKind.Fail)
            {
                return last;
            }
        }

        return last!;
    }

    private static (Judge Judge, ModelMeter Meter, JudgingPlan Plan) Begin(AppManifest manifest, ModelJudging model)
    {
        var plan = new JudgingPlan(manifest.Rollout.Gates, 0.99, 2, 100, UserUnits: false, Model: model.Yardstick);
        var judge = new Judge(plan);
        judge.BeginStep(0, comparable: true);
        return (judge, new ModelMeter(manifest.Rollout.Gates, model.Yardstick, null), plan);
    }

    private static (AppManifest Manifest, ModelJudging Model) Judging(string gates)
    {
        var manifest = Reading.Valid(Reading.Minimal, set: ["model.profile=p.json", "model.prediction=$.p", $"rollout.gates={gates}"]);
        return (manifest, ModelJudging.Of(manifest, Profile.Value, new WindowSketch(), stableSharesProfile: false));
    }

    private static readonly Lazy<ProfileFile> Profile = new(() =>
    {
        var random = new Random(1);
        var window = new WindowSketch { Prediction = new FeatureSketch() };
        for (var row = 0; row < 20_000; row++)
        {
            window.Rows++;
            window.At("amount")!.AddNumber(Amount(random));
            window.At("country")!.AddText(Encoding.UTF8.GetBytes(Country(random)));
            window.Prediction.AddNumber(random.NextDouble());
        }

        var reading = new MlDeploy.Core.Model.Data.DataReading(window, 0, "", []);
        var profile = MlDeploy.Core.Model.Profiles.ProfileBuilder.Build(reading, ["p.csv"], null, Now, new Dictionary<string, MlDeploy.Core.Model.Profiles.FeatureWords>(), "p");
        return new ProfileFile(profile, [], "p.json");
    });

    private static void Feed(StepWindow window, Random random, int count, string fault)
    {
        for (var row = 0; row < count; row++)
        {
            var rows = new PredictionRows { Rows = 1, Answered = true };
            var country = Country(random);
            var hit = fault == "scale-all" || country == "FR";
            var (amount, answer) = (Amount(random), random.NextDouble());
            rows.Add("amount", hit && fault == "missing" && random.NextDouble() < 0.6 ? FeatureValue.Missing : new FeatureValue(FeatureValue.Form.Number, hit && fault.StartsWith("scale", StringComparison.Ordinal) ? 1000 * amount : amount));
            rows.Add("country", FeatureValue.OfText(Encoding.UTF8.GetBytes(country)));
            rows.Predict(new FeatureValue(FeatureValue.Form.Number, hit && fault == "nan" && random.NextDouble() < 0.2 ? double.NaN : hit && fault == "answers" ? answer / 10 : answer));
            window.Add(rows, (0, 1));
        }
    }

    private static double Amount(Random random) => Math.Exp(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    /// <summary>France is one row in twenty: what is wrong there drowns in all rows together.</summary>
    private static string Country(Random random) => random.NextDouble() < 0.05 ? "FR" : Countries[random.Next(3)];

    private static PredictionRows Read(string request, string response, ModelReference reference)
    {
        var rows = new PredictionRows();
        var json = new JsonPredictions(Settings, reference);
        Assert.True(json.Inputs(Encoding.UTF8.GetBytes(request), rows));
        rows.Answered = true;
        json.Outputs(Encoding.UTF8.GetBytes(response), rows);
        return rows;
    }

    private static JournalEntry Again(JournalEntry entry) => JournalFormat.Read(Encoding.UTF8.GetBytes(JournalFormat.Write(entry)));
}
