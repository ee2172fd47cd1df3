using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Tool.Model;

/// <summary>A distribution in a few characters.</summary>
internal static class Histogram
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Plain = ".:-=+*#@";

    /// <summary>Shares, 0–1, of bins of equal width between the 1 % and the 99 % quantile, outliers in the outermost; empty when there is nothing to show.</summary>
    public static double[] Shares(NumberSketch numbers, int bins)
    {
        var (low, high) = (numbers.Quantile(0.01), numbers.Quantile(0.99));
        if (numbers.Count == 0 || !(high > low) || !double.IsFinite(high - low))
        {
            return numbers.Count == 0 ? [] : [1];
        }

        var shares = new double[bins];
        var below = 0.0;
        for (var bin = 0; bin < bins; bin++)
        {
            var upTo = bin == bins - 1 ? 1 : numbers.Cdf(low + ((high - low) * (bin + 1) / bins));
            (shares[bin], below) = (Math.Max(0, upTo - below), upTo);
        }

        return shares;
    }

    /// <summary>One character a share; an empty one is a space.</summary>
    public static string Draw(double[] shares, bool ascii)
    {
        var (letters, most) = (ascii ? Plain : Blocks, shares.DefaultIfEmpty(0).Max());
        return string.Concat(shares.Select(share => share <= 0 || most <= 0 ? ' ' : letters[Math.Min(letters.Length - 1, (int)(share / most * letters.Length))]));
    }
}
