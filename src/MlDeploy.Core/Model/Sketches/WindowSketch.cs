namespace MlDeploy.Core.Model.Sketches;

/// <summary>
/// What came in and went out over a span of time: a sketch per feature, one of the predictions, and the number of rows. Windows of one model merge across processes,
/// hours and machines. Not for several threads at once.
/// </summary>
/// <param name="mostFeatures">Names beyond so many are not sketched; their values are counted.</param>
public sealed class WindowSketch(int mostFeatures = WindowSketch.MostFeatures)
{
    /// <summary>Features that a window holds by itself; a thousand numeric ones take some 120 MB.</summary>
    public const int MostFeatures = 1000;

    private readonly Dictionary<string, FeatureSketch> byName = new(StringComparer.Ordinal);
    private readonly List<string> order = [];

    /// <summary>Makes the sketch of a feature that is seen for the first time, from its name; null: a plain one.</summary>
    public Func<string, FeatureSketch>? Make { get; init; }

    public string? Version { get; set; }

    public long Rows { get; set; }

    /// <summary>Rows that could not be read.</summary>
    public long Unreadable { get; set; }

    /// <summary>Values of features beyond the most that are held.</summary>
    public long ExcessValues { get; set; }

    public DateTimeOffset? From { get; private set; }

    public DateTimeOffset? To { get; private set; }

    public FeatureSketch? Prediction { get; set; }

    /// <summary>In the order in which they were first seen.</summary>
    public IReadOnlyList<string> Names => order;

    public FeatureSketch? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>The feature's sketch, new when there is none yet; null when there are too many, and the value was counted.</summary>
    public FeatureSketch? At(string name)
    {
        if (byName.TryGetValue(name, out var sketch))
        {
            return sketch;
        }

        if (byName.Count >= mostFeatures)
        {
            ExcessValues++;
            return null;
        }

        sketch = Make?.Invoke(name) ?? new FeatureSketch();
        Put(name, sketch);
        return sketch;
    }

    public void Put(string name, FeatureSketch sketch)
    {
        byName.Add(name, sketch);
        order.Add(name);
    }

    /// <summary>Rows in which a feature is missing: null, empty or not there at all.</summary>
    public long MissingOf(string name) => Find(name) is { } sketch ? MissingOf(sketch) : Rows;

    public long MissingOf(FeatureSketch sketch) => Math.Max(0, Rows - sketch.Seen) + sketch.Missing;

    public void Covers(DateTimeOffset at)
    {
        From = From is { } from && from <= at ? from : at;
        To = To is { } to && to >= at ? to : at;
    }

    public void Merge(WindowSketch other)
    {
        Version = Version == other.Version || Rows == 0 ? other.Version : null;
        Rows += other.Rows;
        Unreadable += other.Unreadable;
        ExcessValues += other.ExcessValues;
        foreach (var at in new[] { other.From, other.To }.OfType<DateTimeOffset>())
        {
            Covers(at);
        }

        foreach (var name in other.order)
        {
            if (Find(name) is null && order.Count < mostFeatures && Make is null)
            {
                Put(name, new FeatureSketch(other.byName[name].Declared, other.byName[name].Partition, other.byName[name].Compression));
            }

            At(name)?.Merge(other.byName[name]);
        }

        if (other.Prediction is { } prediction)
        {
            (Prediction ??= new FeatureSketch(prediction.Declared, prediction.Partition, prediction.Compression)).Merge(prediction);
        }
    }
}
