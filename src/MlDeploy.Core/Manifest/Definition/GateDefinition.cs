using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Model.Distances;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`rollout.gates[]`.</summary>
internal static class GateDefinition
{
    public static readonly Setting<string> Metric = Required("metric", new MetricNameType(), "What is judged; docs/manifest.md lists every metric with its unit and limits.");
    public static readonly Setting<string> Name = Optional("name", Types.Label("a gate's name"), "Tells gates on the same metric apart; required for prometheus, http, command and cloudwatch.");
    public static readonly Setting<Limit> Max = Optional("max", new LimitType(), "The gate fails when the candidate is above this.");
    public static readonly Setting<Limit> Min = Optional("min", new LimitType(), "The gate fails when the candidate is below this.");
    public static readonly Setting<Limit> MaxIncrease = Optional("maxIncrease", new LimitType(), "The gate fails when the candidate is worse than stable, over the same time, by more than this.");
    public static readonly Setting<double> MaxRatio = Optional("maxRatio", new NumberType(1, 1000, "1.25"), "The gate fails when the candidate is above this multiple of stable over the same time.");
    public static readonly Setting<TimeSpan> SlowerThan = Optional("slowerThan", Types.Duration("1ms", "10m", "500ms"), "http.slow: a request slower than this counts.");
    public static readonly Setting<string> Url = Optional("url", Types.Url, "prometheus and http: where to ask.");
    public static readonly Setting<string> Query = Optional("query", Types.NotEmpty("a query"), "prometheus: the query; it must answer one number.");
    public static readonly Setting<string> JsonPath = Optional("jsonPath", Types.JsonPath, "http: where the number stands in the JSON that is answered.");
    public static readonly Setting<ImmutableArray<string>> Command = Optional("command", Types.Command, "command: the program and its arguments. With a limit its last line is the number; without, exit code 0 passes.");
    public static readonly Setting<string> Namespace = Optional("namespace", new TextType("a namespace", "a namespace of CloudWatch, such as Shop or AWS/SQS", CloudWatchName, @"^\S"), "cloudwatch: the metric's namespace.");
    public static readonly Setting<string> MetricName = Optional("metricName", new TextType("a metric's name", "a metric's name in CloudWatch", CloudWatchName, @"^\S"), "cloudwatch: the metric's name.");
    public static readonly Setting<ImmutableArray<Named<string>>> Dimensions = Defaulted("dimensions", Types.TextMap("names of dimensions", "text", CloudWatchName), "{}", "cloudwatch: all dimensions of the metric. {version}, {targetGroup} and {family} become each version's own, so that they can be compared; {loadBalancer}, {cluster} and {service} the place's.", conditional: true);
    public static readonly Setting<string> Statistic = Defaulted("statistic", new TextType("a statistic", "Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p99", StatisticName), "Average", "cloudwatch: what is made of a minute's data points.", conditional: true);
    public static readonly Setting<TimeSpan> Timeout = Defaulted("timeout", Types.Duration("100ms", "5m", "10s"), "10s", "prometheus, http and command: an answer later than this is an error of measurement.", conditional: true);
    public static readonly Setting<TimeSpan> Every = Defaulted("every", Types.Duration("1s", "1h", "10s"), "10s", "prometheus, http and command: how often to read.", conditional: true);
    public static readonly Setting<ImmutableArray<string>> Features = Defaulted("features", Types.Features, "[]", "model.inputs metrics: the features that are judged; all when empty.", conditional: true);
    public static readonly Setting<ImmutableArray<string>> Except = Defaulted("except", Types.Features, "[]", "model.inputs metrics: features that are not judged.", conditional: true);
    public static readonly Setting<ImmutableArray<string>> Slices = Defaulted("slices", Types.Features, "[]", "model metrics: also judge each value of these features by itself.", conditional: true);
    public static readonly Setting<DistanceMeasure> Measure = Defaulted("measure", new ChoiceType<DistanceMeasure>(new("overlap", DistanceMeasure.Overlap), new("ks", DistanceMeasure.Ks), new("psi", DistanceMeasure.Psi), new("wasserstein", DistanceMeasure.Wasserstein)), "overlap", "model drift metrics: the distance of distributions; docs/judging.md says what each is.", conditional: true);

    public static readonly Section<Gate> Section = new("gate", [Metric, Name, Max, Min, MaxIncrease, MaxRatio, SlowerThan, Url, Query, JsonPath, Command, Namespace, MetricName, Dimensions, Statistic, Timeout, Every, Features, Except, Slices, Measure], Bind);

    private static Gate Bind(SectionValues values)
    {
        var metric = MetricCatalog.Find(values.Get(Metric));
        var name = values.OrNull(Name);
        return new Gate
        {
            Id = name is null ? values.Get(Metric) : $"{values.Get(Metric)}:{name}",
            Metric = values.Get(Metric),
            Name = name,
            Max = LimitIn(values, Max, metric),
            Min = LimitIn(values, Min, metric),
            MaxIncrease = LimitIn(values, MaxIncrease, metric),
            MaxRatio = values.OrNone(MaxRatio),
            SlowerThan = values.OrNone(SlowerThan),
            Url = values.OrNull(Url),
            Query = values.OrNull(Query),
            JsonPath = values.OrNull(JsonPath),
            Command = values.Get(Command),
            Namespace = values.OrNull(Namespace),
            MetricName = values.OrNull(MetricName),
            Dimensions = Types.Sorted(values.Get(Dimensions)),
            Statistic = metric?.Name is "cloudwatch" ? values.Get(Statistic) : null,
            Timeout = values.Get(Timeout),
            Every = values.Get(Every),
            Features = values.Get(Features),
            Except = values.Get(Except),
            Slices = values.Get(Slices),
            Measure = values.Get(Measure),
        };
    }

    /// <summary>CloudWatch API Reference, "MetricDatum" and "Dimension".</summary>
    private static string? CloudWatchName(string name) =>
        string.IsNullOrWhiteSpace(name) ? "is empty"
        : name.Length > 255 ? "is longer than 255 characters"
        : !name.All(char.IsAscii) ? "has a character that is not ASCII"
        : name[0] == ':' ? "begins with a colon"
        : null;

    private static string? StatisticName(string name) =>
        name is "Average" or "Sum" or "Minimum" or "Maximum" or "SampleCount" ? null
        : name is ['p', ..] && double.TryParse(name.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100 ? null
        : "is no statistic";

    /// <summary>The limit in the metric's unit; a limit in another unit is a problem, not a conversion.</summary>
    private static double? LimitIn(SectionValues values, Setting<Limit> setting, MetricDefinition? metric)
    {
        if (values.OrNone(setting) is not { } limit || metric is null)
        {
            return null;
        }

        var fits = limit.Unit == metric.Unit
            || limit is { Value: 0, Unit: MetricUnit.Number } // Nothing at all is the same in every unit.
            || (limit.Unit == MetricUnit.Number && metric.Unit == MetricUnit.Count && limit.Value >= 0 && limit.Value == Math.Floor(limit.Value));
        if (!fits && !values.IsDamaged(setting))
        {
            values.Report(setting, $"is not in the unit of {metric.Name}", LimitType.DescribeUnit(metric.Unit), $"Write {LimitType.DescribeUnit(metric.Unit)}.");
        }
        else if (limit.Unit == MetricUnit.Share && limit.Value > 1 && metric.Name is not ("cpu" or "memory"))
        {
            values.Report(setting, "is more than everything", "a percentage from 0% to 100%", "Write at most 100%.");
        }

        return limit.Value;
    }
}
