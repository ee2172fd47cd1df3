using MlDeploy.Core.Analysis;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>A version's inputs: what capture counted, what the last look for drift found, and each feature by distance from the profile.</summary>
internal static class InputsSection
{
    private const int Shown = 10;

    public static Markup Of(InputsView inputs, ApplicationView application, DateTimeOffset now) => Markup.Of($"""
        <h3>Inputs of <code>{inputs.Version}</code> <small>{inputs.Role}</small></h3>
        {Counts(application.Arms.FirstOrDefault(arm => arm.Version == inputs.Version && arm.Role == inputs.Role))}
        {(inputs is not { Role: "stable", Limit: not null } ? Markup.None : application.Status?.Model?.Drift is { } look ? Drift(look, now) : Show.Note("Not looked for drift yet: that is done between deployments, first monitoring.drift.every after the version came."))}
        {Features(inputs)}
        """);

    private static Markup Counts(ArmView? arm) => arm?.SinceStart is not { CapturedRows: { } rows } counts ? Markup.None : Markup.Of(
        $"""<p>Capture: {MetricText.Count(rows)} rows counted, {MetricText.Count(counts.CaptureDropped ?? 0)} requests dropped, {MetricText.Count(counts.CaptureUnparsable ?? 0)} unparsable, since the version runs here.</p>""");

    private static Markup Drift(DriftLook look, DateTimeOffset now)
    {
        var when = $"{Show.Age(Math.Max(0, (now - look.At).TotalSeconds))} ago, {MetricText.Count(look.Rows)} rows";
        return !look.IsJudged ? Markup.Of($"<p>Drift{Badge.Of("none", "too few rows")} {when}.</p>")
            : Markup.Of($"""<p>Drift{(look.Beyond.IsEmpty ? Badge.Of("good", "within the limit") : Badge.Of("bad", "beyond the limit"))} {when}: {look.Farthest ?? "nothing"} is farthest, at {Show.Distance(look.Distance)}; limit {MetricText.Rounded(look.Max)}{(look.Beyond.IsEmpty ? "" : $"; beyond: {string.Join(", ", look.Beyond.Take(Shown))}{(look.Beyond.Length > Shown ? $" and {look.Beyond.Length - Shown} more" : "")}")}.</p>""");
    }

    private static Markup Features(InputsView inputs)
    {
        var time = Words.Of(TimeSpan.FromSeconds(inputs.WindowSeconds));
        if (inputs.ReferenceRows == 0)
        {
            return Show.Note("The version was deployed without model.profile: there is nothing to compare its inputs with.");
        }

        if (inputs.Features.IsEmpty)
        {
            return Show.Note($"{MetricText.Count(inputs.Rows)} rows in the last {time}: {DriftLook.EnoughRows} are needed to compare them.");
        }

        return Markup.Of($"""
            <p class="quiet">{MetricText.Count(inputs.Rows)} rows of the last {time} beside the profile of {MetricText.Count(inputs.ReferenceRows)}. Distance is from 0 (identical) to 1 (disjoint){(inputs.Limit is { } limit ? $", limit {MetricText.Rounded(limit)}" : "")}; chance is what it stays below 95 times in 100 when nothing has changed.</p>
            {Table(inputs, inputs.Features.Take(Shown), $"Features of {inputs.Version}")}
            {(inputs.Features.Length > Shown ? Markup.Of($"""<details><summary>{inputs.Features.Length - Shown} more, nearer</summary>{Table(inputs, inputs.Features.Skip(Shown), $"More features of {inputs.Version}")}</details>""") : Markup.None)}
            {(inputs.More > 0 ? Show.Note($"and {inputs.More} nearer still: `mldeploy drift` lists all") : Markup.None)}
            """);
    }

    private static Markup Table(InputsView inputs, IEnumerable<FeatureView> features, string name) => Markup.Of($"""
        <div class="scroll" role="region" aria-label="{name}" tabindex="0"><table class="features">
        <thead><tr><th scope="col">feature</th><th scope="col" class="n">distance</th><th scope="col" class="wide-only"><span class="sr">as a bar</span></th><th scope="col" class="n">chance</th><th scope="col" class="n">missing</th><th scope="col" class="n wide-only">in the profile</th><th scope="col">state</th></tr></thead>
        <tbody>{features.Select(feature => Row(feature, inputs.Limit))}</tbody></table></div>
        """);

    private static Markup Row(FeatureView feature, double? limit) => Markup.Of($"""
        <tr{(feature.TooFar ? Markup.Constant(" class=\"beyond\"") : Markup.None)}><th scope="row">{Show.Cut(feature.Name)}<small> {feature.Kind}</small></th><td class="n">{Show.Distance(feature.Distance)}</td><td class="wide-only">{Bar(feature, limit)}</td><td class="n">{Show.Distance(feature.Chance)}</td><td class="n">{Words.Percent(feature.Missing)}</td><td class="n wide-only">{Words.Percent(feature.ReferenceMissing)}</td><td>{feature.State}</td></tr>
        """);

    /// <summary>Repeats the number beside it, so it is hidden from who listens.</summary>
    private static Markup Bar(FeatureView feature, double? limit) => feature.Distance is not { } distance ? Markup.None : Markup.Of(
        $"""<svg class="meter" viewBox="0 0 100 10" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="bar {(feature.TooFar ? "over" : "candidate")}" width="{Math.Clamp(distance, 0, 1) * 100}" height="10"/>{(limit is { } max ? Markup.Of($"""<line class="limit" x1="{Math.Clamp(max, 0, 1) * 100}" x2="{Math.Clamp(max, 0, 1) * 100}" y1="0" y2="10"/>""") : Markup.None)}</svg>""");
}
