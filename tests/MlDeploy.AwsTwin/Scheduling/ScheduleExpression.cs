using System.Globalization;
using System.Text.RegularExpressions;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Scheduling;

/// <summary>When a schedule fires: `rate(7 days)`, `at(2026-01-01T00:00:00)`, `cron(0 6 ? * MON *)` (user guide, "Schedule types").</summary>
internal abstract partial record ScheduleExpression
{
    /// <summary>The first time after <paramref name="last"/>; null when there is none.</summary>
    public abstract DateTimeOffset? Next(DateTimeOffset created, DateTimeOffset last, TimeZoneInfo zone);

    public static ScheduleExpression Parse(string text)
    {
        if (RateForm().Match(text) is { Success: true } rate)
        {
            var count = int.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture);
            var unit = rate.Groups[2].Value.TrimEnd('s');
            return count > 0 ? new RateExpression(unit switch { "minute" => TimeSpan.FromMinutes(count), "hour" => TimeSpan.FromHours(count), _ => TimeSpan.FromDays(count) }) : throw Wrong(text);
        }

        if (AtForm().Match(text) is { Success: true } at && DateTime.TryParseExact(at.Groups[1].Value, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return new AtExpression(time);
        }

        return CronForm().Match(text) is { Success: true } cron && cron.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: 6 } fields
            ? CronExpression.Of(fields, () => Wrong(text))
            : throw Wrong(text);
    }

    private static AwsError Wrong(string text) => new("ValidationException", $"Invalid Schedule Expression {text}.");

    [GeneratedRegex(@"^rate\((\d+) (minutes?|hours?|days?)\)$")]
    private static partial Regex RateForm();

    [GeneratedRegex(@"^at\(([^)]+)\)$")]
    private static partial Regex AtForm();

    [GeneratedRegex(@"^cron\(([^)]+)\)$")]
    private static partial Regex CronForm();
}

internal sealed record RateExpression(TimeSpan Every) : ScheduleExpression
{
    public override DateTimeOffset? Next(DateTimeOffset created, DateTimeOffset last, TimeZoneInfo zone) =>
        created + Every * (Math.Floor((last - created) / Every) + 1);
}

internal sealed record AtExpression(DateTime Local) : ScheduleExpression
{
    public override DateTimeOffset? Next(DateTimeOffset created, DateTimeOffset last, TimeZoneInfo zone) =>
        new DateTimeOffset(Local, zone.GetUtcOffset(Local)) is var time && time > last ? time : null;
}

/// <summary>Minutes, hours, days of the month, months, days of the week (1 = Sunday), years. `L`, `W` and `#` are refused.</summary>
internal sealed record CronExpression(bool[] Minutes, bool[] Hours, bool[] Days, bool[] Months, bool[] Weekdays, bool[] Years) : ScheduleExpression
{
    private const int FirstYear = 1970;

    private static readonly string[] MonthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] DayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public static CronExpression Of(string[] fields, Func<AwsError> wrong)
    {
        // One of the two kinds of day must be left open.
        if ((fields[2] == "?") == (fields[4] == "?"))
        {
            throw wrong();
        }

        return new CronExpression(
            Field(fields[0], 0, 59, [], wrong), Field(fields[1], 0, 23, [], wrong), Field(fields[2], 1, 31, [], wrong),
            Field(fields[3], 1, 12, MonthNames, wrong), Field(fields[4], 1, 7, DayNames, wrong), Field(fields[5], FirstYear, 2199, [], wrong));
    }

    public override DateTimeOffset? Next(DateTimeOffset created, DateTimeOffset last, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(last, zone).DateTime;
        var at = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0).AddMinutes(1);
        var end = at.AddYears(30);
        while (at < end)
        {
            if (!Years[at.Year - FirstYear] || !Months[at.Month - 1])
            {
                at = new DateTime(at.Year, at.Month, 1).AddMonths(1);
            }
            else if (!Days[at.Day - 1] || !Weekdays[(int)at.DayOfWeek])
            {
                at = at.Date.AddDays(1);
            }
            else if (!Hours[at.Hour])
            {
                at = at.Date.AddHours(at.Hour + 1);
            }
            else if (!Minutes[at.Minute])
            {
                at = at.AddMinutes(1);
            }
            else
            {
                return new DateTimeOffset(at, zone.GetUtcOffset(at));
            }
        }

        return null;
    }

    private static bool[] Field(string text, int low, int high, string[] names, Func<AwsError> wrong)
    {
        var set = new bool[high - low + 1];
        int Number(string part) => Array.IndexOf(names, part.ToUpperInvariant()) is >= 0 and var at ? at + low
            : int.TryParse(part, CultureInfo.InvariantCulture, out var number) && number >= low && number <= high ? number
            : throw wrong();
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.Split('/') is [var all, var every] ? (all, int.TryParse(every, CultureInfo.InvariantCulture, out var by) && by > 0 ? by : throw wrong()) : (part, 1);
            var (from, to) = range is "*" or "?" ? (low, high) : range.Split('-') is [var first, var lastOne] ? (Number(first), Number(lastOne)) : part.Contains('/', StringComparison.Ordinal) ? (Number(range), high) : (Number(range), Number(range));
            for (var i = from; i <= to; i += step)
            {
                set[i - low] = true;
            }
        }

        return set;
    }
}
