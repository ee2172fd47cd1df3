using System.Globalization;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Report.Html;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Control;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>Numbers as the page shows them; a dash where there is none.</summary>
internal static class Show
{
    private const string Nothing = "–";
    private const double Gibibyte = 1 << 30;
    private const double Mebibyte = 1 << 20;
    private const int LongestText = 600;

    public static string Milliseconds(double? value) => value is not { } known ? Nothing : known >= 1000 ? $"{MetricText.Rounded(known / 1000)} s" : $"{MetricText.Rounded(known)} ms";

    public static string Rate(double? perSecond) => perSecond is { } known ? MetricText.Rounded(Math.Round(known, 2)) : Nothing;

    public static string Share(double? share) => share is { } known ? Words.Percent(known) : Nothing;

    public static string Cores(double? cores) => cores is { } known ? MetricText.Rounded(Math.Round(known, 2)) : Nothing;

    public static string Bytes(long? bytes) => bytes is not { } known ? Nothing : known >= Gibibyte ? $"{MetricText.Rounded(known / Gibibyte)} GiB" : $"{MetricText.Rounded(Math.Round(known / Mebibyte))} MiB";

    public static string Distance(double? distance) => distance is { } known && double.IsFinite(known) ? known.ToString("0.000", CultureInfo.InvariantCulture) : Nothing;

    /// <summary>`40 s`, `3 h`, `12 days`: the largest unit is enough for an age.</summary>
    public static string Age(double? seconds) => seconds is not { } known ? Nothing : TimeSpan.FromSeconds(Math.Min(known, 1e10)) switch
    {
        { TotalMinutes: < 2 } age => $"{(long)age.TotalSeconds} s",
        { TotalHours: < 2 } age => $"{(long)age.TotalMinutes} min",
        { TotalDays: < 2 } age => $"{(long)age.TotalHours} h",
        var age => $"{(long)age.TotalDays} days",
    };

    /// <summary>Whole seconds: it is looked at again every few.</summary>
    public static string Left(double seconds) => Words.Of(TimeSpan.FromSeconds(Math.Ceiling(seconds)));

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Rounded down: 100 % is said only when nothing failed.</summary>
    public static string Availability(Availability? availability) => availability is { Share: { } share }
        ? (Math.Floor(share * 1_000_000) / 10_000).ToString("0.####", CultureInfo.InvariantCulture) + " %" : Nothing;

    /// <summary>What others wrote, of a length that a table bears.</summary>
    public static string Cut(string text) => text.Length <= LongestText ? text : string.Concat(text.AsSpan(0, LongestText - 1), "…");

    /// <summary>A cell of a table that stands as a list on a narrow screen: the column's name goes with it.</summary>
    public static Markup Cell(string column, string text) => Cell(column, Markup.Of($"{text}"));

    public static Markup Cell(string column, Markup content) => Markup.Of($"""<td class="n" data-column="{column}">{content}</td>""");

    public static Markup Note(string text) => Markup.Of($"""<p class="quiet">{text}</p>""");
}
