using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>One entry of MetricDataQueries, or of an alarm's Metrics: a statistic of a metric, or an expression over others.</summary>
internal sealed record MetricQuery(string Id, MetricKey? Metric, string Statistic, string? Expression, int? Period, string? Label, bool ReturnData)
{
    public static ImmutableArray<MetricQuery> Read(IEnumerable<JsonObject> queries)
    {
        var read = queries.Select(Read).ToImmutableArray();
        if (read.GroupBy(query => query.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new AwsError("ValidationError", $"The value {twice.Key} for parameter MetricDataQueries.member.Id is not unique.");
        return read;
    }

    private static MetricQuery Read(JsonObject query)
    {
        var id = query.Required("Id");
        if (!char.IsAsciiLetterLower(id[0]) || id.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter != '_'))
            throw new AwsError("ValidationError", $"The value {id} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.");
        if (query["MetricStat"] is not JsonObject stat)
            return new MetricQuery(id, null, "", query.Required("Expression"), query.Whole("Period"), query.Text("Label"), query.Flag("ReturnData") ?? true);
        var statistic = stat.Required("Stat");
        if (!Metrics.Statistic.Exists(statistic))
            throw new AwsError("ValidationError", $"The value {statistic} for parameter MetricDataQueries.member.MetricStat.Stat is not supported.");
        var period = stat.Whole("Period") ?? 0;
        if (period is not (1 or 5 or 10 or 20 or 30) && (period <= 0 || period % 60 != 0))
            throw new AwsError("ValidationError", $"The parameter MetricDataQueries.member.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60, not {period}.");
        return new MetricQuery(id, MetricKey.Read(stat.Object("Metric")), statistic, null, period, query.Text("Label"), query.Flag("ReturnData") ?? true);
    }
}
