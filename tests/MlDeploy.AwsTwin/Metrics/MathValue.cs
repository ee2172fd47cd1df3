namespace MlDeploy.AwsTwin.Metrics;

internal sealed class ExpressionException(string message) : Exception(message);

/// <summary>A value of metric math: one number, one series, or an array of series.</summary>
internal sealed record MathValue(double? Scalar, SortedDictionary<long, double>? Values, IReadOnlyList<SortedDictionary<long, double>>? Array)
{
    public static MathValue Of(double scalar) => new(scalar, null, null);

    public static MathValue Of(SortedDictionary<long, double> values) => new(null, values, null);

    public static MathValue Of(IReadOnlyList<SortedDictionary<long, double>> array) => new(null, null, array);

    public MathValue Map(Func<double, double> function) =>
        Scalar is { } scalar ? Of(function(scalar))
        : Values is { } values ? Of(Each(values, function))
        : Of([.. Array!.Select(each => Each(each, function))]);

    /// <summary>Point by point where both have one; a quotient by zero is left out, as CloudWatch does.</summary>
    public static MathValue Combine(MathValue left, MathValue right, Func<double, double, double> function)
    {
        if (left.Array is not null || right.Array is not null)
            throw new ExpressionException("arrays of time series can only be given to functions");
        if (left.Scalar is { } a && right.Scalar is { } b)
            return Of(function(a, b));
        var at = left.Values is null ? right.Values!.Keys : right.Values is null ? left.Values.Keys : left.Values.Keys.Where(right.Values.ContainsKey);
        var result = new SortedDictionary<long, double>();
        foreach (var time in at)
        {
            var value = function(left.Scalar ?? left.Values![time], right.Scalar ?? right.Values![time]);
            if (double.IsFinite(value))
                result[time] = value;
        }

        return Of(result);
    }

    private static SortedDictionary<long, double> Each(SortedDictionary<long, double> values, Func<double, double> function) =>
        new(values.ToDictionary(pair => pair.Key, pair => function(pair.Value)));
}
