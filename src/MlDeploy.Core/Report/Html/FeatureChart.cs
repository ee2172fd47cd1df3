using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Report.Html;

/// <summary>One feature's distribution: reference, stable and candidate over one another.</summary>
/// <param name="number">Makes the drawing's ids its own.</param>
internal sealed class FeatureChart(FeatureReport feature, int number)
{
    private const double Width = 360;
    private const double Left = 8;
    private const double Right = 8;
    private const double Top = 6;
    private const double Bottom = 112;

    /// <summary>Beyond, categories are not drawn: the document says how many are left out.</summary>
    private const int MostCategories = 12;

    /// <summary>Beyond, bins are not drawn: what comes from outside bounds no file.</summary>
    private const int MostBins = 200;

    private const double RowHeight = 22;
    private const double LabelWidth = 104;
    private const int LongestLabel = 15;

    public Markup Draw() =>
        Samples().Length == 0 ? Markup.Of($"""<p class="quiet">Nothing was seen of this feature.</p>""")
        : feature.Categories.Length > 0 ? Categories()
        : feature.Edges.Length > 1 && Numbers() is { IsEmpty: false } numbers ? numbers
        : Markup.Of($"""<p class="quiet">No distribution was kept.</p>""");

    private ImmutableArray<(string Kind, FeatureSample Sample)> Samples() =>
    [
        .. new[] { ("reference", feature.Reference), ("stable", feature.Stable), ("candidate", feature.Candidate) }
            .Where(sample => sample.Item2 is { Rows: > 0 }).Select(sample => (sample.Item1, sample.Item2!)),
    ];

    private string Tell() => $"Distribution of {feature.Name}: {string.Join(", ", Samples().Select(sample => $"{sample.Kind} from {MetricText.Count(sample.Sample.Rows)} rows"))}; distance {(feature.Distance is { } distance ? MetricText.Rounded(distance) : "unknown")}.";

    private Markup Svg(double height, IEnumerable<Markup> content) => Markup.Of($"""
        <svg viewBox="0 0 {Width} {height}" role="img" aria-labelledby="f{number}-t"><title id="f{number}-t">{Tell()}</title>{content}</svg>
        """);

    /// <summary>Density in the axis's own scale, so that equal areas are equal shares; the axis is logarithmic where the values span three decades.</summary>
    private Markup Numbers()
    {
        var edges = feature.Edges;
        if (edges.Length > MostBins || edges.Any(edge => !double.IsFinite(edge)) || !edges.SequenceEqual(edges.Order()) || edges[^1] <= edges[0])
        {
            return Markup.None;
        }

        var isLogarithmic = edges[0] > 0 && edges[^1] / edges[0] >= 1000;
        double Shown(double value) => isLogarithmic ? Math.Log10(value) : value;
        var axis = new Scale(Shown(edges[0]), Shown(edges[^1]), Left, Width - Right);
        var drawn = Samples().Where(sample => sample.Sample.Shares.Length == edges.Length - 1).ToArray();
        var densities = drawn.Select(sample => sample.Sample.Shares.Select((share, bin) => Math.Clamp(share, 0, 1) / Math.Max(axis.At(Shown(edges[bin + 1])) - axis.At(Shown(edges[bin])), 1.5)).ToArray()).ToArray();
        var height = new Scale(0, densities.SelectMany(density => density).DefaultIfEmpty(0).Max(), Bottom, Top);
        var curves = drawn.Select((sample, at) => Curve(sample.Kind, densities[at], bin => axis.At(Shown(edges[bin])), height));
        return Svg(Bottom + 18, [Markup.Of($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Bottom}" y2="{Bottom}"/>"""), .. curves, .. Labels(axis, isLogarithmic)]);
    }

    private static Markup Curve(string kind, double[] densities, Func<int, double> edge, Scale height)
    {
        var path = new PathText().MoveTo(edge(0), Bottom);
        for (var bin = 0; bin < densities.Length; bin++)
        {
            path.LineTo(edge(bin), height.At(densities[bin])).LineTo(edge(bin + 1), height.At(densities[bin]));
        }

        return Markup.Of($"""<path class="dist {kind}" d="{path.LineTo(edge(densities.Length), Bottom).ToString()}"/>""");
    }

    private IEnumerable<Markup> Labels(Scale axis, bool isLogarithmic) => new[] { (0.0, " first"), (0.5, ""), (1.0, " last") }.Select(mark =>
    {
        var at = axis.From + (mark.Item1 * (axis.To - axis.From));
        return Markup.Of($"""<text class="x{mark.Item2}" x="{axis.At(at)}" y="{Bottom + 14}">{Number(isLogarithmic ? Math.Pow(10, at) : at)}{(feature.Unit is { } unit ? " " + Cut(unit) : "")}</text>""");
    });

    private Markup Categories()
    {
        var shown = Math.Min(feature.Categories.Length, MostCategories);
        var drawn = Samples().Where(sample => sample.Sample.Shares.Length == feature.Categories.Length).ToArray();
        var most = drawn.SelectMany(sample => sample.Sample.Shares.Take(shown)).DefaultIfEmpty(0).Max();
        var length = new Scale(0, most, LabelWidth, Width - 46);
        var thick = (RowHeight - 6) / Math.Max(1, drawn.Length);
        var rows = Enumerable.Range(0, shown).Select(row => Markup.Of($"""
            <text class="y" x="{LabelWidth - 6}" y="{Top + (row * RowHeight) + 13}">{Cut(feature.Categories[row])}</text>{drawn.Select((sample, at) => Markup.Of(
                $"""<rect class="bar {sample.Kind}" x="{LabelWidth}" y="{Top + (row * RowHeight) + 2 + (at * thick)}" width="{Math.Max(length.At(sample.Sample.Shares[row]) - LabelWidth, 0.5)}" height="{thick - 0.5}"/>"""))}<text class="first x" x="{length.At(drawn.Select(sample => sample.Sample.Shares[row]).DefaultIfEmpty(0).Max()) + 5}" y="{Top + (row * RowHeight) + 13}">{(drawn.Length == 0 ? "" : Rollout.Words.Percent(Math.Round(drawn[^1].Sample.Shares[row], 3)))}</text>
            """));
        var left = feature.Categories.Length - shown;
        return Markup.Of($"""{Svg(Top + (shown * RowHeight) + 4, rows)}{(left > 0 ? Markup.Of($"""<p class="quiet">and {left} more categories</p>""") : Markup.None)}""");
    }

    private static string Cut(string text) => text.Length <= LongestLabel ? text : string.Concat(text.AsSpan(0, LongestLabel - 1), "…");

    private static string Number(double value) => Math.Abs(value) >= 1e6 ? value.ToString("0.##e+0", CultureInfo.InvariantCulture) : MetricText.Rounded(value);
}
