using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Analysis.ModelGates;

namespace MlDeploy.Core.Report;

/// <summary>A feature's bins as a chart draws them: numbers along an axis, but numbers that most rows share, like categories, in rows of their own.</summary>
internal sealed class DrawnBins
{
    /// <summary>The open ends are drawn as wide as this part of what lies between.</summary>
    private const double OpenEnd = 0.08;

    private const double AtomWidth = 1e-5;

    private readonly ImmutableArray<int> kept = [];

    /// <param name="samples">Shares of each sample; bins that none of them has are left out of rows.</param>
    public DrawnBins(JudgedFeature feature, IReadOnlyList<ImmutableArray<double>> samples)
    {
        if (!feature.Labels.IsEmpty)
        {
            Categories = feature.Labels;
            return;
        }

        var uppers = feature.Uppers;
        bool IsAtom(int bin) => bin > 0 && bin < uppers.Length && uppers[bin] - uppers[bin - 1] <= AtomWidth * Math.Max(Math.Abs(uppers[bin]), 1e-300);
        var bins = Enumerable.Range(0, uppers.Length + 1);
        if (bins.Where(IsAtom).Sum(bin => samples[0][bin]) > 0.5)
        {
            kept = [.. bins.Where(bin => samples.Any(sample => sample[bin] > 0))];
            Categories = [.. kept.Select(bin => IsAtom(bin) ? Text((uppers[bin] + uppers[bin - 1]) / 2) : bin == 0 ? $"below {Text(uppers[0])}" : bin == uppers.Length ? $"above {Text(uppers[^1])}" : $"{Text(uppers[bin - 1])} to {Text(uppers[bin])}")];
            return;
        }

        var end = Math.Max((uppers[^1] - uppers[0]) * OpenEnd, double.Epsilon);
        Edges = [uppers[0] >= 0 ? Math.Max(uppers[0] / 2, uppers[0] - end) : uppers[0] - end, .. uppers, uppers[^1] + end];
    }

    public ImmutableArray<double> Edges { get; } = [];

    public ImmutableArray<string> Categories { get; } = [];

    public ImmutableArray<double> Of(ImmutableArray<double> shares) => kept.IsEmpty ? shares : [.. kept.Select(bin => shares[bin])];

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
