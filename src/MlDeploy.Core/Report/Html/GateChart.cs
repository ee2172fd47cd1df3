using System.Collections.Immutable;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>One gate over time: the candidate's value with its interval, stable's, the limits, and below what the gate said.</summary>
/// <param name="number">Makes the drawing's ids its own.</param>
internal sealed class GateChart(GateReport gate, int number, double from, double to)
{
    private const double Width = 360;
    private const double Left = 52;
    private const double Right = 8;
    private const double Top = 16;
    private const double Bottom = 142;
    private const double StripTop = Bottom + 5;
    private const double StripHeight = 5;
    private const double FarAway = 5;
    private const double Height = StripTop + StripHeight + 18;

    private readonly Scale time = new(from, Math.Max(to, from + 0.001), Left, Width - Right);
    private readonly Scale values = new(0, Highest(gate), Bottom, Top);
    private readonly ImmutableArray<ImmutableArray<GatePoint>> steps = [.. gate.Points.GroupBy(point => point.Step).Select(step => step.ToImmutableArray())];

    public Markup Draw() => Markup.Of($"""
        <svg viewBox="0 0 {Width} {Height}" role="img" aria-labelledby="g{number}-t g{number}-d">
        <title id="g{number}-t">{gate.Gate} over time</title>
        <desc id="g{number}-d">{Tell()}</desc>
        <clipPath id="g{number}-c"><rect x="{Left}" y="{Top - 1}" width="{Width - Right - Left}" height="{Bottom - Top + 2}"/></clipPath>
        {Grid()}{Separators()}<g clip-path="url(#g{number}-c)">{steps.Select(Band)}{Limits()}{steps.Select(Stable)}{steps.Select(Candidate)}</g>{steps.Select(Strip)}{Axis()}
        </svg>
        """);

    /// <summary>
    /// High enough for every value, what is tolerated beside stable, and the interval each step ended with; not for the first looks, whose
    /// intervals reach from nothing to everything, and not for an absolute limit so far away that nothing else could be read.
    /// </summary>
    private static double Highest(GateReport gate)
    {
        var lines = Largest(gate.Points.SelectMany(point => new[] { point.Value, point.Stable, point.Low, point.Stable + gate.MaxIncrease, point.Stable * gate.MaxRatio }));
        var ends = Largest(gate.Points.GroupBy(point => point.Step).Select(step => step.Last().High));
        var known = Math.Max(lines, lines > 0 ? Math.Min(ends, 3 * lines) : ends);
        var limit = Largest([gate.Max, gate.Min]);
        var highest = (known > 0 && limit > FarAway * known ? known : Math.Max(known, limit)) * 1.08;
        return highest > 0 ? highest : gate.Unit == MetricUnit.Share ? 0.01 : 1;
    }

    private static double Largest(IEnumerable<double?> values) => values.OfType<double>().Where(double.IsFinite).DefaultIfEmpty(0).Max();

    private string Tell()
    {
        var last = gate.Points[^1];
        var interval = last is { Low: { } low, High: { } high } ? $" ({Number(low)} to {Number(high)})" : "";
        var stable = last.Stable is { } other ? $", stable at {Number(other)}" : "";
        return $"The gate ended {StepDecision.Name(last.Kind)}{(last.Value is { } value ? $" with the candidate at {Number(value)}{interval}{stable}" : ", without a value")}. Limit: {gate.Limit}.";
    }

    private string Number(double value) => JudgmentText.Number(value, gate.Unit);

    private IEnumerable<Markup> Grid() => Ticks.OfValue(values.To, gate.Unit, 4).Select(tick => Markup.Of(
        $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{values.At(tick.At)}" y2="{values.At(tick.At)}"/><text class="y" x="{Left - 5}" y="{values.At(tick.At) + 4}">{tick.Text}</text>"""));

    private IEnumerable<Markup> Separators() => steps.Skip(1).Select(step => Markup.Of(
        $"""<line class="step" x1="{X(step[0])}" x2="{X(step[0])}" y1="{Top}" y2="{Bottom}"/>"""));

    private Markup Band(ImmutableArray<GatePoint> step)
    {
        var known = step.Where(point => point is { Low: not null, High: not null }).ToArray();
        var path = new PathText().Line([.. known.Select(point => (X(point), Y(point.High!.Value))), .. known.Reverse().Select(point => (X(point), Y(point.Low!.Value)))]);
        return known.Length < 2 ? Markup.None : Markup.Of($"""<path class="band" d="{path.Close().ToString()}"/>""");
    }

    private IEnumerable<Markup> Limits()
    {
        foreach (var limit in new[] { gate.Max, gate.Min }.OfType<double>().Where(double.IsFinite))
        {
            yield return limit <= values.To
                ? Markup.Of($"""<line class="limit" x1="{Left}" x2="{Width - Right}" y1="{Y(limit)}" y2="{Y(limit)}"/>""")
                : Markup.Of($"""<text class="x last" x="{Width - Right}" y="{Top + 10}">{Number(limit)} lies above ↑</text>""");
        }

        foreach (var step in gate.MaxIncrease is null && gate.MaxRatio is null ? [] : steps)
        {
            yield return Line("limit", step, point => gate.MaxIncrease is { } more ? point.Stable + more : point.Stable * gate.MaxRatio);
        }
    }

    private Markup Stable(ImmutableArray<GatePoint> step) => Line("stable", step, point => point.Stable);

    private Markup Candidate(ImmutableArray<GatePoint> step)
    {
        var line = Line("candidate", step, point => point.Value);
        var last = step.LastOrDefault(point => point.Value is not null);
        return last is null ? line : Markup.Of($"""{line}<circle class="candidate {ClassOf(last.Kind)}" cx="{X(last)}" cy="{Y(last.Value!.Value)}" r="3"/>""");
    }

    private Markup Line(string kind, ImmutableArray<GatePoint> step, Func<GatePoint, double?> value)
    {
        var known = step.Where(point => value(point) is { } number && double.IsFinite(number)).Select(point => (X(point), Y(value(point)!.Value))).ToArray();
        return known.Length < 2 ? Markup.None : Markup.Of($"""<path class="{kind}" d="{new PathText().Line(known).ToString()}"/>""");
    }

    /// <summary>What the gate said, from each look to the next.</summary>
    private Markup Strip(ImmutableArray<GatePoint> step)
    {
        var runs = new List<Markup>();
        for (var begin = 0; begin < step.Length;)
        {
            var end = begin;
            while (end + 1 < step.Length && step[end + 1].Kind == step[begin].Kind)
            {
                end++;
            }

            var until = X(step[Math.Min(end + 1, step.Length - 1)]);
            runs.Add(Markup.Of($"""<rect class="{ClassOf(step[begin].Kind)}" x="{X(step[begin])}" y="{StripTop}" width="{Math.Max(until - X(step[begin]), 3)}" height="{StripHeight}"><title>{StepDecision.Name(step[begin].Kind)}</title></rect>"""));
            begin = end + 1;
        }

        return Markup.Join(runs);
    }

    private IEnumerable<Markup> Axis() => Ticks.OfTime(from, time.To, 4).Select(tick => Markup.Of(
        $"""<text class="x{(time.At(tick.At) < Left + 14 ? " first" : time.At(tick.At) > Width - Right - 24 ? " last" : "")}" x="{time.At(tick.At)}" y="{Height - 4}">{tick.Text}</text>"""));

    private double X(GatePoint point) => time.At(point.At.TotalSeconds);

    private double Y(double value) => values.At(value);

    public static string ClassOf(JudgmentKind kind) => kind switch
    {
        JudgmentKind.Pass => "good",
        JudgmentKind.Fail => "bad",
        JudgmentKind.NoData or JudgmentKind.Error => "lost",
        JudgmentKind.NotApplicable => "none",
        _ => "warn",
    };
}
