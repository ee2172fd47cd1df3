using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Resolution;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>What a rollout's predictions are counted and judged against: the reference that counts, and what of it stands in the journal.</summary>
public sealed record ModelJudging(ModelReference Reference, ModelYardstick Yardstick)
{
    /// <summary>What whoever deploys should know of it.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Predictions of stable without which its answers are no bins to compare in.</summary>
    private const long EnoughAnswers = 200;

    public static bool IsAsked(AppManifest manifest) => manifest.Rollout.Gates.Any(gate => gate.Metric.StartsWith("model.", StringComparison.Ordinal) && gate.Metric is not "model.age");

    /// <param name="stable">What stable answered of late; null on a first deployment.</param>
    /// <exception cref="ExpectedException">Exit 3: a gate could never be judged.</exception>
    public static ModelJudging Of(AppManifest manifest, ProfileFile? profile, WindowSketch? stable, bool stableSharesProfile)
    {
        var reference = Inputs(profile?.Profile, manifest.Monitoring.CaptureExclude);
        var (prediction, from) = Prediction(manifest.Model!, reference, stable);
        reference = reference.WithPrediction(prediction);
        Check(manifest, reference, from, first: stable is null);
        var (slices, notes) = SliceChoice.Of(manifest.Rollout.Gates, reference, profile is null ? stable : null);
        var words = profile?.Profile.Features.ToDictionary(feature => feature.Name, StringComparer.Ordinal);
        return new ModelJudging(reference, new ModelYardstick(
            profile is null ? null : string.Create(CultureInfo.InvariantCulture, $"{profile.Name}, {reference.Rows:N0} rows"),
            [.. reference.Features.Select(feature => JudgedFeature.Of(feature, words?[feature.Name].Unit, words?[feature.Name].Description))],
            prediction is null ? null : JudgedFeature.Of(prediction, profile?.Profile.Prediction?.Unit, profile?.Profile.Prediction?.Description),
            from,
            stableSharesProfile,
            slices)) { Notes = notes };
    }

    public static ModelReference Inputs(ModelProfile? profile, ImmutableArray<string> exclude) =>
        profile is null ? ModelReference.Of(new WindowSketch()) : ModelReference.Of(profile).Without(exclude);

    /// <summary>The last name in its path; `prediction` where there is none.</summary>
    public static string PredictionName(ModelSettings model) =>
        model.Prediction?.Split('.')[^1].Trim('$', '[', ']', '\'') is { Length: > 0 } last ? last : "prediction";

    private static (ReferenceFeature? Prediction, PredictionBins From) Prediction(ModelSettings model, ModelReference reference, WindowSketch? stable)
    {
        var name = PredictionName(model);
        if (reference.Prediction is { Partition: not null } known)
        {
            return (known, PredictionBins.Profile);
        }

        if (stable?.Prediction is { } answers && answers.NumberCount + answers.Names.Count >= EnoughAnswers && FeaturePartition.Of(answers, answers.Kind) is { } bins)
        {
            return (new ReferenceFeature(name, answers.Kind, answers, bins, 0), PredictionBins.Stable);
        }

        return model.Range is { } range
            ? (new ReferenceFeature(name, FeatureKind.Number, new FeatureSketch(FeatureKind.Number), FeaturePartition.OfRange(range.Low, range.High), 0), PredictionBins.Range)
            : (null, PredictionBins.None);
    }

    /// <summary>What the schema gate shall not tell as new need not be in the profile.</summary>
    private static bool IsNewAllowed(Gate gate, string name) => gate.Metric is "model.inputs.schema" && gate.Except.Contains(name);

    private static bool HasPositions(Gate gate, ModelReference reference) => gate.Metric is "model.inputs.drift"
        ? reference.Features.Any(feature => gate.Judges(feature.Name) && IsPlaced(feature))
        : reference.Prediction is not { } prediction || IsPlaced(prediction);

    private static bool IsPlaced(ReferenceFeature feature) => feature.Partition is { } partition && LimitEvidence.Applies(DistanceMeasure.Wasserstein, partition);

    private static void Check(AppManifest manifest, ModelReference reference, PredictionBins from, bool first)
    {
        foreach (var gate in manifest.Rollout.Gates)
        {
            var (problem, remedy) = gate.Metric switch
            {
                _ when gate.Features.Concat(gate.Except).FirstOrDefault(name => reference.Find(name) is null) is { } unknown && !manifest.Monitoring.CaptureExclude.Contains(unknown) && !IsNewAllowed(gate, unknown) =>
                    ($"the profile has no feature {unknown}", NearestName.Of(unknown, reference.Features.Select(feature => feature.Name)) is { } near ? $"write {near}, or make the profile anew" : "name features of the profile (`mldeploy profile show`)"),
                "model.inputs.drift" when !reference.Features.Any(feature => feature.Partition is not null && gate.Judges(feature.Name)) =>
                    ("the profile has no feature whose distribution could be compared", "name the columns' kinds in `mldeploy profile create`, or remove the gate"),
                "model.inputs.unseen" when !reference.Features.Any(feature => feature.Partition is { KnowsUnseen: true } && gate.Judges(feature.Name)) =>
                    ("the profile has no category whose names are all known", "name the columns' kinds in `mldeploy profile create`, or remove the gate"),
                "model.inputs.missing" when !reference.Features.Any(feature => gate.Judges(feature.Name)) =>
                    ("the profile has no feature that is judged", "make the profile anew, or remove the gate"),
                "model.prediction.profile" when from != PredictionBins.Profile =>
                    ("the profile has no predictions", "make it with `mldeploy profile create DATA --prediction COLUMN --out FILE`, or remove the gate"),
                "model.prediction.drift" when from == PredictionBins.None && !first =>
                    ("nothing is known of predictions beforehand: the profile has none, and too few of stable's were captured", "set model.range, or give the profile predictions (`--prediction COLUMN`)"),
                "model.inputs.schema" when !reference.Features.Any(feature => gate.Judges(feature.Name)) =>
                    ("the profile has no feature that is judged", "make the profile anew, or remove the gate"),
                "model.inputs.drift" or "model.prediction.drift" or "model.prediction.profile" when gate.Measure == DistanceMeasure.Wasserstein && !HasPositions(gate, reference) =>
                    ("nothing it judges is a number, and names lie nowhere that they could move from", "use another measure"),
                _ => ((string?)null, ""),
            };
            if (problem is not null)
            {
                throw new ExpectedException(ExitCode.Usage, $"the gate {gate.Id} could never be judged: {problem}", remedy);
            }
        }
    }
}
