using MlDeploy.Core.Analysis.ModelGates;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Local.Capture;

/// <summary>What an arm was asked and answered in one step, counted in the bins of the rollout's reference.</summary>
internal sealed class StepWindow(ModelReference reference, int step, string version)
{
    public WindowSketch Sketch { get; } = reference.NewWindow(version);

    public int Step => step;

    /// <summary>Answers that should hold a prediction.</summary>
    public long Predictions { get; set; }

    public long Invalid { get; set; }

    public CapturedArm Read(long dropped, long unparsable) => new(
        ModelMeasurements.Of(reference, Sketch, null).Candidate, Predictions, Invalid, new CaptureTally(Sketch.Rows, dropped, unparsable));
}
