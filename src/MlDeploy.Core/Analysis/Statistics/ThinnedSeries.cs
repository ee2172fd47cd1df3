namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>
/// Points of a series of any length in bounded memory, evenly spread over it: when full, every second one is dropped and only every second
/// of what comes is kept from then on.
/// </summary>
/// <param name="capacity">Even; the number kept is between half of it and all of it.</param>
public sealed class ThinnedSeries(int capacity)
{
    private readonly List<(double X, double Y)> points = new(capacity);
    private long seen;
    private long stride = 1;

    public ReadOnlySpan<(double X, double Y)> Points => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(points);

    /// <param name="x">Above the last one.</param>
    public void Add(double x, double y)
    {
        if (seen++ % stride != 0)
        {
            return;
        }

        if (points.Count == capacity)
        {
            Thin();
            stride *= 2;
            if ((seen - 1) % stride != 0)
            {
                return;
            }
        }

        points.Add((x, y));
    }

    public void Clear()
    {
        points.Clear();
        (seen, stride) = (0, 1);
    }

    private void Thin()
    {
        for (var kept = 0; 2 * kept < points.Count; kept++)
        {
            points[kept] = points[2 * kept];
        }

        points.RemoveRange((points.Count + 1) / 2, points.Count / 2);
    }
}
