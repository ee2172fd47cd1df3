using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>What an arm was asked and answered in one step, counted in the bins of the rollout's reference.</summary>
public sealed class StepWindow(ModelReference reference, int step, string version)
{
    public WindowSketch Sketch { get; } = reference.NewWindow(version);

    public int Step => step;

    /// <summary>Answers that should hold a prediction.</summary>
    public long Predictions { get; set; }

    public long Invalid { get; set; }

    /// <summary>Counts what one request asked and was answered.</summary>
    /// <param name="range">What a prediction may be.</param>
    public void Count(PredictionRows rows, (double Low, double High)? range)
    {
        var (predictions, invalid) = rows.AddTo(Sketch, range);
        Predictions += predictions;
        Invalid += invalid;
    }

    public CapturedArm Read(long dropped, long unparsable) => new(
        ModelMeasurements.Of(reference, Sketch, null).Candidate, Predictions, Invalid, new CaptureTally(Sketch.Rows, dropped, unparsable));
}
