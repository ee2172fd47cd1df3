using System.Globalization;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Scaling;

/// <summary>`at(yyyy-mm-ddThh:mm:ss)`, `rate(N minutes)` and `cron(minute hour day month weekday year)`, in UTC.</summary>
internal sealed class ScheduleExpression
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly DateTimeOffset? at;
    private readonly TimeSpan? rate;
    private readonly HashSet<int>[]? cron;

    private ScheduleExpression(DateTimeOffset? at, TimeSpan? rate, HashSet<int>[]? cron) => (this.at, this.rate, this.cron) = (at, rate, cron);

    public bool IsOnce => at is not null;

    /// <exception cref="AwsError"/>
    public static ScheduleExpression Parse(string text)
    {
        try
        {
            var open = text.IndexOf('(', StringComparison.Ordinal);
            var inner = text[(open + 1)..].TrimEnd(')');
            return text[..open] switch
            {
                "at" => new(DateTimeOffset.ParseExact(inner, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal), null, null),
                "rate" when inner.Split(' ') is [var number, var unit] => new(null, int.Parse(number, CultureInfo.InvariantCulture) * Unit(unit), null),
                "cron" when inner.Split(' ') is { Length: 6 } fields => new(null, null,
                [
                    Field(fields[0], 0, 59, []), Field(fields[1], 0, 23, []), Field(fields[2], 1, 31, []),
                    Field(fields[3], 1, 12, Months), Field(fields[4], 1, 7, Days), Field(fields[5], 1970, 2199, []),
                ]),
                _ => throw new FormatException(),
            };
        }
        catch (Exception error) when (error is FormatException or ArgumentOutOfRangeException)
        {
            throw new AwsError("ValidationException", $"Invalid schedule expression: {text}");
        }
    }

    /// <summary>The first moment after another; null when there is none within a year.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (at is { } once)
            return once > after ? once : null;
        if (rate is { } every)
            return after + every;
        var moment = new DateTimeOffset(after.Year, after.Month, after.Day, after.Hour, after.Minute, 0, TimeSpan.Zero).AddMinutes(1);
        for (var end = moment.AddYears(1); moment < end; moment = moment.AddMinutes(1))
        {
            if (!IsDay(moment))
                moment = moment.Date == moment.DateTime ? moment.AddDays(1).AddMinutes(-1) : moment;
            else if (cron![0].Contains(moment.Minute) && cron[1].Contains(moment.Hour))
                return moment;
        }

        return null;
    }

    private bool IsDay(DateTimeOffset moment) =>
        cron![2].Contains(moment.Day) && cron[3].Contains(moment.Month) && cron[4].Contains((int)moment.DayOfWeek + 1) && cron[5].Contains(moment.Year);

    private static TimeSpan Unit(string unit) => unit.TrimEnd('s') switch
    {
        "minute" => TimeSpan.FromMinutes(1),
        "hour" => TimeSpan.FromHours(1),
        "day" => TimeSpan.FromDays(1),
        _ => throw new FormatException(),
    };

    /// <summary>The values a field allows: `*`, `?`, numbers, names, ranges, lists and steps.</summary>
    private static HashSet<int> Field(string field, int least, int most, string[] names)
    {
        var values = new HashSet<int>();
        foreach (var part in field.Split(','))
        {
            var step = part.Split('/') is [_, var by] ? int.Parse(by, CultureInfo.InvariantCulture) : 1;
            var range = part.Split('/')[0];
            var (from, to) = range is "*" or "?" ? (least, most)
                : range.Split('-') is [var low, var high] ? (Value(low), Value(high))
                : (Value(range), part.Contains('/', StringComparison.Ordinal) ? most : Value(range));
            for (var value = from; value <= to; value += step)
                values.Add(value);
        }

        return values;

        int Value(string text) => Array.IndexOf(names, text.ToUpperInvariant()) is >= 0 and var index ? index + 1 : int.Parse(text, CultureInfo.InvariantCulture);
    }
}
