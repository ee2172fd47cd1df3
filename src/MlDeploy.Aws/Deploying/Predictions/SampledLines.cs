using System.Text;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Model.Predictions;

namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>Reads predictions out of lines of a log, as large a share of them as `monitoring.capture.sample` says, and counts what the others are.</summary>
internal sealed class SampledLines(CaptureSettings settings, ModelReference reference)
{
    /// <summary>The golden ratio's fraction: multiples of it fill [0, 1) evenly, whatever the number of lines.</summary>
    private const double Golden = 0.6180339887498949;

    private readonly PredictionLineReader reader = new(settings, reference);

    /// <summary>Lines that came.</summary>
    public long Seen { get; private set; }

    /// <summary>Lines of them that were looked at.</summary>
    public long Taken { get; private set; }

    /// <summary>Rows of their predictions.</summary>
    public long Rows { get; private set; }

    /// <summary>Lines that are cut off or no JSON.</summary>
    public long Unparsable { get; private set; }

    /// <summary>Lines of something else.</summary>
    public long Unrelated { get; private set; }

    /// <summary>The end of a sentence that says there is no prediction: what there is instead.</summary>
    public string Others => Unparsable > 0 ? $", and {Unparsable} lines are cut off or no JSON" : Unrelated > 0 ? $", and {Unrelated} lines have no features at {settings.Inputs}" : "";

    /// <returns>Valid until the next call; null for a line that is no prediction, or is left out.</returns>
    public PredictionRows? Read(string line)
    {
        if ((++Seen * Golden % 1) >= settings.Sample)
        {
            return null;
        }

        Taken++;
        switch (reader.Read(Encoding.UTF8.GetBytes(line), out var prediction))
        {
            case LineKind.Prediction:
                Rows += prediction!.Rows;
                return prediction;
            case LineKind.Unparsable:
                Unparsable++;
                return null;
            default:
                Unrelated++;
                return null;
        }
    }
}
