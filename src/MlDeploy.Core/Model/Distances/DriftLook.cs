using System.Collections.Immutable;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Distances;

/// <summary>What one look at a window of live data found.</summary>
/// <param name="Rows">Looked at.</param>
/// <param name="Max">The distance that is well.</param>
/// <param name="Farthest">The feature that is farthest from the reference; null when none could be compared.</param>
/// <param name="Beyond">Features beyond the limit, absent or retyped; the farthest first.</param>
public sealed record DriftLook(DateTimeOffset At, string Version, long Rows, double Max, string? Farthest, double? Distance, ImmutableArray<string> Beyond)
{
    /// <summary>Fewer tell nothing: a feature would be called absent for want of rows.</summary>
    public const long EnoughRows = 50;

    /// <summary>False for a window with too little in it: nothing is said then, neither good nor bad.</summary>
    public bool IsJudged => Rows >= EnoughRows;

    public static DriftLook Of(DateTimeOffset at, string version, ModelReference reference, WindowSketch? window, double max)
    {
        if (window is null || window.Rows < EnoughRows)
        {
            return new DriftLook(at, version, window?.Rows ?? 0, max, null, null, []);
        }

        var compared = WindowComparison.Of(reference, window);
        var farthest = compared.FirstOrDefault(feature => feature.Distance is not null);
        return new DriftLook(at, version, window.Rows, max, farthest?.Name, farthest?.Distance, [.. compared.Where(feature => feature.IsTooFar(max)).Select(feature => feature.Name)]);
    }
}
