using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Predictions;

/// <summary>What one request asked and what was answered: the values of all its rows, and a prediction per row.</summary>
public sealed class PredictionRows
{
    private readonly List<(int Row, string Feature, FeatureValue Value)> values = [];
    private readonly List<FeatureValue> predictions = [];

    public int Rows { get; set; }

    /// <summary>Row by row values, in the order they came; rows count from 0.</summary>
    public IReadOnlyList<(int Row, string Feature, FeatureValue Value)> Values => values;

    /// <summary>One a row, as far as there are as many.</summary>
    public IReadOnlyList<FeatureValue> Predictions => predictions;

    /// <summary>The answer should hold a prediction for each row.</summary>
    public bool Answered { get; set; }

    public void Clear()
    {
        values.Clear();
        predictions.Clear();
        (Rows, Answered) = (0, false);
    }

    /// <summary>A value of the row that was counted last.</summary>
    public void Add(string feature, FeatureValue value) => Add(Rows - 1, feature, value);

    public void Add(int row, string feature, FeatureValue value) => values.Add((row, feature, value));

    public void Predict(FeatureValue value) => predictions.Add(value);

    /// <param name="range">What a prediction may be; null: any number, or any name.</param>
    /// <returns>Predictions to expect, and how many of them are absent, not finite, or out of range.</returns>
    public (long Predictions, long Invalid) AddTo(WindowSketch window, (double Low, double High)? range)
    {
        window.Rows += Rows;
        foreach (var (_, feature, value) in values)
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

    /// <summary>The same of the rows in which a feature has one value.</summary>
    /// <param name="name">The value, UTF-8.</param>
    public (long Predictions, long Invalid) AddSliceTo(WindowSketch window, string feature, ReadOnlySpan<byte> name, (double Low, double High)? range)
    {
        HashSet<int>? among = null;
        foreach (var (row, of, value) in values)
        {
            if (of == feature && value.IsNamed(name))
            {
                (among ??= []).Add(row);
            }
        }

        if (among is null)
        {
            return (0, 0);
        }

        window.Rows += among.Count;
        foreach (var (row, of, value) in values)
        {
            if (among.Contains(row) && window.At(of) is { } sketch)
            {
                value.AddTo(sketch);
            }
        }

        if (!Answered)
        {
            return (0, 0);
        }

        var invalid = 0L;
        window.Prediction ??= new FeatureSketch();
        foreach (var row in among)
        {
            var prediction = row < predictions.Count ? predictions[row] : FeatureValue.Missing;
            prediction.AddTo(window.Prediction);
            invalid += IsInvalid(prediction, range) ? 1 : 0;
        }

        return (among.Count, invalid);
    }

    private static bool IsInvalid(FeatureValue prediction, (double Low, double High)? range) => prediction.Is switch
    {
        FeatureValue.Form.Missing => true,
        FeatureValue.Form.Number => !double.IsFinite(prediction.Number) || (range is { } bounds && (prediction.Number < bounds.Low || prediction.Number > bounds.High)),
        FeatureValue.Form.Text => range is not null,
        _ => false,
    };
}
