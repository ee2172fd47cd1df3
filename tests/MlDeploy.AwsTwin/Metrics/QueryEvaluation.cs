using System.Collections.Immutable;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>Values of queries in a span of time; each is evaluated once, in whatever order expressions need them.</summary>
internal sealed class QueryEvaluation(MetricStore store, ImmutableArray<MetricQuery> queries, DateTimeOffset start, DateTimeOffset end)
{
    private readonly Dictionary<string, SortedDictionary<long, double>> done = [];
    private readonly HashSet<string> open = [];

    /// <summary>The series of a query that is asked for; a scalar result stands in every period.</summary>
    /// <exception cref="ExpressionException">Of the expression.</exception>
    public SortedDictionary<long, double> Series(MetricQuery query)
    {
        if (done.TryGetValue(query.Id, out var known))
            return known;
        if (query.Metric is { } metric)
            return done[query.Id] = store.Read(metric, start, end, query.Period!.Value, query.Statistic);
        if (!open.Add(query.Id))
            throw new ExpressionException($"'{query.Id}' refers to itself");
        var value = new ExpressionEvaluator(this, PeriodOf(query)).Evaluate(query.Expression!);
        open.Remove(query.Id);
        return done[query.Id] = value.Values
            ?? (value.Scalar is { } scalar ? new SortedDictionary<long, double>(Slots(PeriodOf(query)).ToDictionary(at => at, _ => scalar)) : throw new ExpressionException("the result is an array, not one series"));
    }

    public SortedDictionary<long, double>? Series(string id) => queries.FirstOrDefault(query => query.Id == id) is { } query ? Series(query) : null;

    /// <summary>The metrics, not the expressions: METRICS().</summary>
    public IEnumerable<string> MetricIds => queries.Where(query => query.Metric is not null).Select(query => query.Id);

    public int? PeriodOf(string id) => queries.FirstOrDefault(query => query.Id == id) is { } query ? PeriodOf(query) : null;

    public IEnumerable<long> Slots(int period)
    {
        for (var at = MetricStore.Floor(start.ToUnixTimeSeconds(), period); at < end.ToUnixTimeSeconds(); at += period)
            yield return at;
    }

    /// <summary>An expression's own, or the longest of the metrics asked for with it.</summary>
    private int PeriodOf(MetricQuery query) =>
        query.Period ?? queries.Where(each => each.Metric is not null).Select(each => each.Period!.Value).DefaultIfEmpty(60).Max();
}
