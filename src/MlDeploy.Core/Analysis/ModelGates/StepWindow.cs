using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>What an arm was asked and answered in one step, counted in the bins of the rollout's reference.</summary>
public sealed class StepWindow(ModelJudging judging, int step, string version)
{
    public WindowSketch Sketch { get; } = judging.Reference.NewWindow(version);

    public int Step => step;

    /// <summary>Answers that should hold a prediction.</summary>
    public long Predictions { get; private set; }

    public long Invalid { get; private set; }

    /// <summary>Counts what one request asked and was answered.</summary>
    /// <param name="range">What a prediction may be; null: any number, or any name.</param>
    public void Add(PredictionRows rows, (double Low, double High)? range)
    {
        var (predictions, invalid) = rows.AddTo(Sketch, range);
        Predictions += predictions;
        Invalid += invalid;
    }

    public CapturedArm Read(long dropped, long unparsable) => new(
        ModelMeasurements.Of(judging.Reference, Sketch, null).Candidate, Predictions, Invalid, new CaptureTally(Sketch.Rows, dropped, unparsable));
}
