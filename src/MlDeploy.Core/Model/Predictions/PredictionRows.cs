using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Predictions;

/// <summary>What one request asked and what was answered: the values of all its rows, and a prediction per row.</summary>
public sealed class PredictionRows
{
    private readonly List<(string Feature, FeatureValue Value)> values = [];
    private readonly List<FeatureValue> predictions = [];

    public int Rows { get; set; }

    /// <summary>The answer should hold a prediction for each row.</summary>
    public bool Answered { get; set; }

    public void Clear()
    {
        values.Clear();
        predictions.Clear();
        (Rows, Answered) = (0, false);
    }

    public void Add(string feature, FeatureValue value) => values.Add((feature, value));

    public void Predict(FeatureValue value) => predictions.Add(value);

    /// <param name="range">What a prediction may be; null: any number, or any name.</param>
    /// <returns>Predictions to expect, and how many of them are absent, not finite, or out of range.</returns>
    public (long Predictions, long Invalid) AddTo(WindowSketch window, (double Low, double High)? range)
    {
        window.Rows += Rows;
        foreach (var (feature, value) in values)
        {
            if (window.At(feature) is { } sketch)
            {
                value.AddTo(sketch);
            }
        }

        if (!Answered)
        {
            return (0, 0);
        }

        var invalid = Math.Max(0L, Rows - predictions.Count);
        window.Prediction ??= new FeatureSketch();
        foreach (var prediction in predictions)
        {
            prediction.AddTo(window.Prediction);
            invalid += IsInvalid(prediction, range) ? 1 : 0;
        }

        return (Math.Max(Rows, predictions.Count), invalid);
    }

    private static bool IsInvalid(FeatureValue prediction, (double Low, double High)? range) => prediction.Is switch
    {
        FeatureValue.Form.Missing => true,
        FeatureValue.Form.Number => !double.IsFinite(prediction.Number) || (range is { } bounds && (prediction.Number < bounds.Low || prediction.Number > bounds.High)),
        FeatureValue.Form.Text => range is not null,
        _ => false,
    };
}
