using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>The candidate's weight over time, the phases below it.</summary>
/// <param name="width">In pixels; drawn once for wide screens and once for narrow ones, since text in a drawing shrinks with it.</param>
internal sealed class TimelineChart(DeploymentReport report, double width)
{
    private const double Left = 46;
    private const double Right = 10;
    private const double Top = 14;
    private const double PlotHeight = 130;
    private const double StripTop = Top + PlotHeight + 8;
    private const double StripHeight = 20;
    private const double Height = StripTop + StripHeight + 20;
    private const double CharacterWidth = 6.4;

    private readonly Scale time = new(0, Math.Max(End(report), 0.001), Left, width - Right);
    private readonly Scale weight = new(0, 1, Top + PlotHeight, Top);

    public static Markup Draw(DeploymentReport report) => report.Timeline.IsEmpty ? Markup.None : Markup.Of($"""
        <figure class="timeline">
        <div class="wide">{new TimelineChart(report, 1120).Svg("w")}</div>
        <div class="narrow">{new TimelineChart(report, 350).Svg("n")}</div>
        </figure>
        """);

    private Markup Svg(string id) => Markup.Of($"""
        <svg viewBox="0 0 {width} {Height}" role="img" aria-labelledby="tl-{id}-t tl-{id}-d">
        <title id="tl-{id}-t">The candidate’s share of traffic over time</title>
        <desc id="tl-{id}-d">{Tell()}</desc>
        {Grid()}<path class="area" d="{Outline(closed: true)}"/><path class="weight" d="{Outline(closed: false)}"/>
        {Phases()}{Axis()}{Ending()}
        </svg>
        """);

    /// <summary>Until when there is something to show: the end, or the last that is known of a deployment that runs.</summary>
    private static double End(DeploymentReport report) =>
        Math.Max(
            (report.EndedAt is { } ended ? ended - report.StartedAt : report.Timeline.LastOrDefault()?.At ?? TimeSpan.Zero).TotalSeconds,
            report.Gates.SelectMany(gate => gate.Points).Select(point => point.At.TotalSeconds).DefaultIfEmpty(0).Max());

    private string Tell() => string.Join("; ", InForce().Select(change => $"{Words.Percent(change.Weight)} from {Words.Of(TimeSpan.FromSeconds(change.At))} on")) + $"; it ended {Verdicts.Name(report.Outcome)}.";

    private IEnumerable<Markup> Grid() => new[] { 0, 0.25, 0.5, 0.75, 1 }.Select(share => Markup.Of(
        $"""<line class="grid" x1="{Left}" x2="{width - Right}" y1="{weight.At(share)}" y2="{weight.At(share)}"/><text class="y" x="{Left - 6}" y="{weight.At(share) + 4}">{Words.Percent(share)}</text>"""));

    /// <summary>While a weight is being set, what was in force before still is.</summary>
    private IEnumerable<(double At, double Weight)> InForce()
    {
        var last = 0.0;
        yield return (0, 0);
        foreach (var entry in report.Timeline)
        {
            var now = entry.Phase is Phase.Shifting or Phase.Starting or Phase.Testing or Phase.Pending ? entry.Phase == Phase.Shifting ? last : 0 : entry.Weight;
            if (Math.Abs(now - last) > 1e-9)
            {
                yield return (entry.At.TotalSeconds, last = now);
            }
        }
    }

    private string Outline(bool closed)
    {
        var path = new PathText();
        var last = 0.0;
        path.MoveTo(time.At(0), weight.At(0));
        foreach (var (at, now) in InForce().Skip(1))
        {
            path.LineTo(time.At(at), weight.At(last)).LineTo(time.At(at), weight.At(now));
            last = now;
        }

        path.LineTo(time.At(time.To), weight.At(last));
        return closed ? path.LineTo(time.At(time.To), weight.At(0)).Close().ToString() : path.ToString();
    }

    private IEnumerable<Markup> Phases()
    {
        var entries = report.Timeline;
        for (var at = 0; at < entries.Length; at++)
        {
            var begins = time.At(entries[at].At.TotalSeconds);
            var ends = at + 1 < entries.Length ? time.At(entries[at + 1].At.TotalSeconds) : time.At(time.To);
            if (ends - begins >= 0.5)
            {
                yield return Segment(entries[at], begins, ends - begins);
            }
        }
    }

    private static Markup Segment(TimelineEntry entry, double begins, double wide)
    {
        var name = entry.Phase is Phase.Judging ? $"{Verdicts.Name(entry.Phase)} at {Words.Percent(entry.Weight)}" : Verdicts.Name(entry.Phase);
        var text = new[] { name, Words.Percent(entry.Weight) }.FirstOrDefault(text => text.Length * CharacterWidth < wide - 6);
        var label = text is null ? Markup.None : Markup.Of($"""<text class="in" x="{begins + (wide / 2)}" y="{StripTop + 14}">{text}</text>""");
        return Markup.Of($"""<g><title>{name}</title><rect class="phase {ClassOf(entry.Phase)}" x="{begins}" y="{StripTop}" width="{Math.Max(wide - 1, 0.5)}" height="{StripHeight}"/>{label}</g>""");
    }

    private static string ClassOf(Phase phase) => phase switch
    {
        Phase.Judging or Phase.Baking => "judged",
        Phase.Paused => "warn",
        Phase.RollingBack or Phase.RolledBack or Phase.Unsafe => "bad",
        Phase.Promoted => "good",
        _ => "plain",
    };

    private IEnumerable<Markup> Axis() => Ticks.OfTime(0, time.To, (int)(width / 85)).Select(tick => Markup.Of(
        $"""<text class="x{(tick.At == 0 ? " first" : time.At(tick.At) > width - Right - 24 ? " last" : "")}" x="{time.At(tick.At)}" y="{Height - 4}">{tick.Text}</text>"""));

    /// <summary>The moment that decided against the candidate.</summary>
    private Markup Ending()
    {
        var turned = report.Timeline.FirstOrDefault(entry => entry.Phase is Phase.RollingBack);
        return turned is null ? Markup.None : Markup.Of(
            $"""<line class="turn" x1="{time.At(turned.At.TotalSeconds)}" x2="{time.At(turned.At.TotalSeconds)}" y1="{Top - 6}" y2="{StripTop}"/>""");
    }
}
