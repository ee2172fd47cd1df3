using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Profiles;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>What a rollout's predictions are counted and judged against: the reference that counts, and what of it stands in the journal.</summary>
public sealed record ModelJudging(ModelReference Reference, ModelYardstick Yardstick)
{
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
        var words = profile?.Profile.Features.ToDictionary(feature => feature.Name, StringComparer.Ordinal);
        return new ModelJudging(reference, new ModelYardstick(
            profile is null ? null : string.Create(CultureInfo.InvariantCulture, $"{profile.Name}, {reference.Rows:N0} rows"),
            [.. reference.Features.Select(feature => JudgedFeature.Of(feature, words?[feature.Name].Unit, words?[feature.Name].Description))],
            prediction is null ? null : JudgedFeature.Of(prediction, profile?.Profile.Prediction?.Unit, profile?.Profile.Prediction?.Description),
            from,
            stableSharesProfile));
    }

    public static ModelReference Inputs(ModelProfile? profile, ImmutableArray<string> exclude) =>
        profile is null ? ModelReference.Of(new WindowSketch()) : ModelReference.Of(profile).Without(exclude);

    private static (ReferenceFeature? Prediction, PredictionBins From) Prediction(ModelSettings model, ModelReference reference, WindowSketch? stable)
    {
        var name = model.Prediction is { } path ? path.Split('.')[^1].Trim('$', '[', ']', '\'') is { Length: > 0 } last ? last : "prediction" : "prediction";
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

    private static void Check(AppManifest manifest, ModelReference reference, PredictionBins from, bool first)
    {
        foreach (var gate in manifest.Rollout.Gates)
        {
            var (problem, remedy) = gate.Metric switch
            {
                "model.inputs.drift" when !reference.Features.Any(feature => feature.Partition is not null && !gate.Except.Contains(feature.Name)) =>
                    ("the profile has no feature whose distribution could be compared", "name the columns' kinds in `mldeploy profile create`, or remove the gate"),
                "model.inputs.unseen" when !reference.Features.Any(feature => feature.Partition is { KnowsUnseen: true } && !gate.Except.Contains(feature.Name)) =>
                    ("the profile has no category whose names are all known", "name the columns' kinds in `mldeploy profile create`, or remove the gate"),
                "model.inputs.missing" when reference.Features.All(feature => gate.Except.Contains(feature.Name)) =>
                    ("the profile has no feature that is judged", "make the profile anew, or remove the gate"),
                "model.prediction.profile" when from != PredictionBins.Profile =>
                    ("the profile has no predictions", "make it with `mldeploy profile create DATA --prediction COLUMN --out FILE`, or remove the gate"),
                "model.prediction.drift" when from == PredictionBins.None && !first =>
                    ("nothing is known of predictions beforehand: the profile has none, and too few of stable's were captured", "set model.range, or give the profile predictions (`--prediction COLUMN`)"),
                _ => ((string?)null, ""),
            };
            if (problem is not null)
            {
                throw new ExpectedException(ExitCode.Usage, $"the gate {gate.Id} could never be judged: {problem}", remedy);
            }
        }
    }
}
