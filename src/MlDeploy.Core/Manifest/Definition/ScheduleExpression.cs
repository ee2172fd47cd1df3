using System.Globalization;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>EventBridge Scheduler's expressions ("Schedule types on EventBridge Scheduler"): `rate(7 days)`, `cron(0 3 * * ? *)`.</summary>
internal static class ScheduleExpression
{
    private const int CronFields = 6;

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? Problem(string text) =>
        Inner(text, "rate") is { } rate ? RateProblem(rate)
        : Inner(text, "cron") is { } cron ? CronProblem(cron)
        : "is not a schedule";

    private static string? Inner(string text, string kind) =>
        text.StartsWith(kind + "(", StringComparison.Ordinal) && text.EndsWith(')') ? text[(kind.Length + 1)..^1] : null;

    private static string? RateProblem(string rate)
    {
        if (rate.Split(' ') is not [var number, var unit] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
        {
            return "is not a number and a unit, such as rate(7 days)";
        }

        return unit switch
        {
            "minute" or "hour" or "day" => count == 1 ? null : $"has a unit that belongs to 1: write {unit}s",
            "minutes" or "hours" or "days" => count > 1 ? null : $"has a unit that belongs to more than 1: write {unit[..^1]}",
            _ => "has a unit other than minutes, hours and days",
        };
    }

    private static string? CronProblem(string cron)
    {
        var fields = cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length != CronFields ? $"has {fields.Length} fields, and cron has six: minutes, hours, day of month, month, day of week, year"
            : fields[2] is "?" == fields[4] is "?" ? "names both a day of month and a day of week, or neither: one of them is ?"
            : fields.Any(field => field.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('*' or '?' or ',' or '-' or '/' or '#'))) ? "has characters that cron does not know"
            : null;
    }
}
