using System.Collections.Immutable;
using System.Text;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Analysis.ModelGates;

/// <summary>What an arm was asked and answered in one step, counted in the bins of the rollout's reference.</summary>
public sealed class StepWindow(ModelJudging judging, int step, string version)
{
    private readonly Counted all = new(judging.Reference.NewWindow(version));
    private readonly ImmutableArray<(JudgedSlice Slice, byte[] Name, Counted Counted)> slices =
        [.. (judging.Yardstick.Slices ?? []).Select(slice => (slice, Encoding.UTF8.GetBytes(slice.Value), new Counted(judging.Reference.NewWindow(version))))];

    public int Step => step;

    /// <summary>Counts what one request asked and was answered.</summary>
    /// <param name="range">What a prediction may be; null: any number, or any name.</param>
    public void Add(PredictionRows rows, (double Low, double High)? range)
    {
        all.Add(rows.AddTo(all.Sketch, range));
        foreach (var (slice, name, counted) in slices)
        {
            counted.Add(rows.AddSliceTo(counted.Sketch, slice.Feature, name, range));
        }
    }

    public CapturedArm Read(long dropped, long unparsable) => new(
        Counts(all), all.Predictions, all.Invalid, new CaptureTally(all.Sketch.Rows, dropped, unparsable),
        slices.IsEmpty ? null : [.. slices.Where(one => one.Counted.Sketch.Rows > 0).Select(one => new CapturedSlice(one.Slice, Counts(one.Counted), one.Counted.Predictions, one.Counted.Invalid))]);

    private ArmCounts Counts(Counted counted) => ModelMeasurements.Of(judging.Reference, counted.Sketch, null).Candidate;

    private sealed class Counted(WindowSketch sketch)
    {
        public WindowSketch Sketch => sketch;

        /// <summary>Answers that should hold a prediction.</summary>
        public long Predictions { get; private set; }

        public long Invalid { get; private set; }

        public void Add((long Predictions, long Invalid) more) => (Predictions, Invalid) = (Predictions + more.Predictions, Invalid + more.Invalid);
    }
}
