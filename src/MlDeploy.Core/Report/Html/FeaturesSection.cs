using MlDeploy.Core.Analysis;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>Inputs and predictions, those farthest from their reference first.</summary>
internal static class FeaturesSection
{
    /// <summary>Features that are drawn, and that have a row: beyond, the JSON has them.</summary>
    private const int MostCharts = 50;
    private const int MostRows = 1000;
    private const int LongestName = 120;

    public static Markup Of(FeaturesReport? seen)
    {
        if (seen is null)
        {
            return Markup.None;
        }

        var ranked = seen.Features.OrderByDescending(feature => feature.Distance is { } distance && double.IsFinite(distance) ? distance : -1).ThenBy(feature => feature.Name, StringComparer.Ordinal).ToArray();
        return Markup.Of($"""
            <section aria-labelledby="features">
            <h2 id="features">Features, by distance</h2>
            <p>Distances are between 0 (identical) and 1 (disjoint), from the {seen.Reference} unless a row says otherwise{(ranked.All(IsBounded) ? "" : "; psi and wasserstein know no upper end, and their bars have the limit in the middle")}. {MetricText.Count(seen.Captured)} rows were counted, {MetricText.Count(seen.Dropped)} dropped because capture could not keep up, {MetricText.Count(seen.Unparsable)} could not be read.</p>
            {seen.Void.Select(reason => Markup.Of($"""<p class="void">Void: {reason}</p>"""))}
            <div class="scroll" role="region" aria-labelledby="features" tabindex="0"><table class="broad">
            <thead><tr><th scope="col" class="n">#</th><th scope="col">feature</th><th scope="col" class="n">distance</th><th scope="col"><span class="sr">as a bar</span></th><th scope="col" class="n">at least</th><th scope="col" class="n">by chance</th><th scope="col" class="n">limit</th><th scope="col" class="n">missing: reference</th><th scope="col" class="n">stable</th><th scope="col" class="n">candidate</th></tr></thead>
            <tbody>
            {ranked.Take(MostRows).Select(Row)}</tbody></table></div>
            {(ranked.Length > MostRows ? Markup.Of($"<p>and {ranked.Length - MostRows} more features, in the JSON</p>") : Markup.None)}
            {Legend.Features}
            <div class="cards">
            {ranked.Take(MostCharts).Select(Card)}</div>
            {(ranked.Length > MostCharts ? Markup.Of($"<p>The {MostCharts} features that are farthest away are drawn.</p>") : Markup.None)}
            </section>
            """);
    }

    private static Markup Row(FeatureReport feature, int rank) => Markup.Of($"""
        <tr{(IsBeyond(feature) ? Markup.Constant(" class=\"beyond\"") : Markup.None)}><td class="n">{rank + 1}</td><th scope="row">{Cut(feature.Name)}{Kind(feature)}</th><td class="n">{Text(feature.Distance)}</td><td>{Bar(feature)}</td><td class="n">{Text(feature.DistanceAtLeast)}</td><td class="n">{Text(feature.DistanceByChance)}</td><td class="n">{Text(feature.Limit)}</td>{Missing(feature.Reference)}{Missing(feature.Stable)}{Missing(feature.Candidate)}</tr>

        """);

    private static Markup Card(FeatureReport feature, int rank) => Markup.Of($"""
        <article class="card"><h3>{rank + 1}. {Cut(feature.Name)}{(IsBeyond(feature) ? Badge.Of("bad", "beyond its limit") : Markup.None)}</h3>
        <p class="quiet">{(feature.IsPrediction ? "prediction, " : "")}distance {Text(feature.Distance)}{(feature.DistanceFrom == DistanceFrom.Stable ? " from stable" : "")}{(feature.Description is { } about ? $" · {Cut(about)}" : "")}</p>
        {new FeatureChart(feature, rank).Draw()}</article>

        """);

    private static bool IsBeyond(FeatureReport feature) => feature.DistanceAtLeast > feature.Limit;

    private static bool IsBounded(FeatureReport feature) => feature.Measure is DistanceMeasure.Overlap or DistanceMeasure.Ks;

    private static Markup Kind(FeatureReport feature)
    {
        string?[] words = [feature.IsPrediction ? "prediction" : null, feature.DistanceFrom == DistanceFrom.Stable ? "from stable" : null, feature.Measure == DistanceMeasure.Overlap ? null : $"{feature.Measure}".ToLowerInvariant()];
        var said = string.Join(", ", words.OfType<string>());
        return said.Length == 0 ? Markup.None : Markup.Of($"""<small> {said}</small>""");
    }

    /// <summary>Repeats the numbers beside it, so it is hidden from who listens. A full bar is the largest distance there is, or twice the limit where there is none.</summary>
    private static Markup Bar(FeatureReport feature)
    {
        var length = new Scale(0, !IsBounded(feature) && feature.Limit is { } middle and > 0 ? 2 * middle : 1, 0, 100);
        return feature.Distance is not { } distance ? Markup.None : Markup.Of(
            $"""<svg class="meter" viewBox="0 0 100 10" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="bar {(IsBeyond(feature) ? "over" : "candidate")}" width="{length.At(distance)}" height="10"/>{(feature.Limit is { } limit ? Markup.Of($"""<line class="limit" x1="{length.At(limit)}" x2="{length.At(limit)}" y1="0" y2="10"/>""") : Markup.None)}</svg>""");
    }

    private static Markup Missing(FeatureSample? sample) => Markup.Of($"""<td class="n">{(sample is null || !double.IsFinite(sample.Missing) ? "–" : Words.Percent(sample.Missing))}</td>""");

    private static string Text(double? value) => value is { } number && double.IsFinite(number) ? MetricText.Rounded(Math.Round(number, 3)) : "–";

    private static string Cut(string name) => name.Length <= LongestName ? name : string.Concat(name.AsSpan(0, LongestName - 1), "…");
}
