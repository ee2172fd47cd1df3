using System.Globalization;

namespace MlDeploy.AwsTwin.Metrics;

/// <summary>
/// Metric math by recursive descent, evaluated as it is read: + - * / ^, comparisons, AND OR, arrays in brackets, and the functions
/// ABS AVG CEIL DIFF FILL FLOOR IF MAX METRICS MIN PERIOD RATE SUM. What CloudWatch has beyond these is refused by name.
/// </summary>
internal sealed class ExpressionEvaluator(QueryEvaluation queries, int period)
{
    private static readonly string[] Comparisons = [">=", "<=", "==", "!=", ">", "<"];

    private string text = "";
    private int at;

    public MathValue Evaluate(string expression)
    {
        (text, at) = (expression, 0);
        var value = Or();
        return Peek() == '\0' ? value : throw new ExpressionException($"unexpected '{text[at..]}'");
    }

    private MathValue Or()
    {
        var left = And();
        while (TakeWord("OR") || Take("||"))
            left = MathValue.Combine(left, And(), (a, b) => a != 0 || b != 0 ? 1 : 0);
        return left;
    }

    private MathValue And()
    {
        var left = Compare();
        while (TakeWord("AND") || Take("&&"))
            left = MathValue.Combine(left, Compare(), (a, b) => a != 0 && b != 0 ? 1 : 0);
        return left;
    }

    private MathValue Compare()
    {
        var left = Sum();
        while (Comparisons.FirstOrDefault(Take) is { } comparison)
        {
            left = MathValue.Combine(left, Sum(), (a, b) => comparison switch
            {
                ">=" => a >= b,
                "<=" => a <= b,
                "==" => a == b,
                "!=" => a != b,
                ">" => a > b,
                _ => a < b,
            } ? 1 : 0);
        }

        return left;
    }

    private MathValue Sum()
    {
        var left = Product();
        while (true)
        {
            if (Take("+"))
                left = MathValue.Combine(left, Product(), (a, b) => a + b);
            else if (Take("-"))
                left = MathValue.Combine(left, Product(), (a, b) => a - b);
            else
                return left;
        }
    }

    private MathValue Product()
    {
        var left = Power();
        while (true)
        {
            if (Take("*"))
                left = MathValue.Combine(left, Power(), (a, b) => a * b);
            else if (Take("/"))
                left = MathValue.Combine(left, Power(), (a, b) => a / b);
            else
                return left;
        }
    }

    private MathValue Power()
    {
        var left = Unary();
        return Take("^") ? MathValue.Combine(left, Power(), Math.Pow) : left;
    }

    private MathValue Unary() => Take("-") ? Unary().Map(value => -value) : Primary();

    private MathValue Primary()
    {
        if (Take("("))
        {
            var inner = Or();
            Expect(")");
            return inner;
        }

        if (Take("["))
        {
            var items = Arguments("]");
            return MathValue.Of([.. items.SelectMany(Flat)]);
        }

        if (char.IsAsciiDigit(Peek()) || Peek() == '.')
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            return MathValue.Of(double.Parse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture));
        }

        var name = Word();
        if (Take("("))
            return Call(name);
        return queries.Series(name) is { } series ? MathValue.Of(series) : throw new ExpressionException($"there is no '{name}'");
    }

    private MathValue Call(string function)
    {
        switch (function)
        {
            case "METRICS":
                Arguments(")");
                return MathValue.Of([.. queries.MetricIds.Select(id => queries.Series(id)!)]);
            case "PERIOD":
                var of = Word();
                Expect(")");
                return MathValue.Of(queries.PeriodOf(of) ?? throw new ExpressionException($"there is no '{of}'"));
            case "FILL":
                return Fill();
        }

        var given = Arguments(")");
        return (function, given.Count) switch
        {
            ("ABS", 1) => given[0].Map(Math.Abs),
            ("CEIL", 1) => given[0].Map(Math.Ceiling),
            ("FLOOR", 1) => given[0].Map(Math.Floor),
            ("SUM", 1) => Reduce(given[0], values => values.Sum()),
            ("AVG", 1) => Reduce(given[0], values => values.Average()),
            ("MIN", 1) => Reduce(given[0], values => values.Min()),
            ("MAX", 1) => Reduce(given[0], values => values.Max()),
            ("IF", 2 or 3) => If(given),
            ("RATE", 1) => Steps(given[0], (before, now, seconds) => (now - before) / seconds),
            ("DIFF", 1) => Steps(given[0], (before, now, _) => now - before),
            _ => throw new ExpressionException($"the twin has no function {function} with {given.Count} arguments"),
        };
    }

    /// <summary>FILL(m, number | series | REPEAT | LINEAR): a value in every period of the span.</summary>
    private MathValue Fill()
    {
        var series = Or();
        Expect(",");
        string? mode = TakeWord("REPEAT") ? "REPEAT" : TakeWord("LINEAR") ? "LINEAR" : null;
        var other = mode is null ? Or() : null;
        Expect(")");
        return series.Values is { } one
            ? MathValue.Of(Filled(one))
            : MathValue.Of([.. (series.Array ?? throw new ExpressionException("FILL needs a time series")).Select(Filled)]);

        SortedDictionary<long, double> Filled(SortedDictionary<long, double> values)
        {
            var filled = new SortedDictionary<long, double>();
            foreach (var slot in queries.Slots(period))
            {
                if ((values.TryGetValue(slot, out var value) ? value : Missing(values, slot)) is { } point)
                    filled[slot] = point;
            }

            return filled;
        }

        double? Missing(SortedDictionary<long, double> values, long slot)
        {
            if (other is not null)
                return other.Scalar ?? (other.Values!.TryGetValue(slot, out var there) ? there : null);
            var before = values.LastOrDefault(pair => pair.Key < slot, new(-1, 0));
            if (before.Key < 0 || mode == "REPEAT")
                return before.Key < 0 ? null : before.Value;
            var after = values.FirstOrDefault(pair => pair.Key > slot, new(-1, 0));
            return after.Key < 0 ? null : before.Value + ((after.Value - before.Value) * (slot - before.Key) / (after.Key - before.Key));
        }
    }

    /// <summary>Of an array: point by point over its series. Of one series: one number for all of it.</summary>
    private static MathValue Reduce(MathValue value, Func<IEnumerable<double>, double> function)
    {
        if (value.Scalar is not null)
            return value;
        if (value.Values is { } values)
            return values.Count == 0 ? value : MathValue.Of(function(values.Values));
        return MathValue.Of(new SortedDictionary<long, double>(value.Array!.SelectMany(series => series).GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(slot => slot.Key, slot => function(slot))));
    }

    private static MathValue If(IReadOnlyList<MathValue> given)
    {
        if (given[0].Scalar is { } fixedCondition)
            return fixedCondition != 0 ? given[1] : given.Count == 3 ? given[2] : MathValue.Of(new SortedDictionary<long, double>());
        var result = new SortedDictionary<long, double>();
        foreach (var (slot, holds) in given[0].Values ?? throw new ExpressionException("IF needs a time series or a number"))
        {
            var chosen = holds != 0 ? given[1] : given.ElementAtOrDefault(2);
            if ((chosen?.Scalar ?? (chosen?.Values?.TryGetValue(slot, out var value) == true ? value : null)) is { } found)
                result[slot] = found;
        }

        return MathValue.Of(result);
    }

    private static MathValue Steps(MathValue value, Func<double, double, double, double> step)
    {
        var values = value.Values ?? throw new ExpressionException("RATE and DIFF need a time series");
        return MathValue.Of(new SortedDictionary<long, double>(values.Zip(values.Skip(1))
            .ToDictionary(pair => pair.Second.Key, pair => step(pair.First.Value, pair.Second.Value, pair.Second.Key - pair.First.Key))));
    }

    private static IEnumerable<SortedDictionary<long, double>> Flat(MathValue value) =>
        value.Values is { } one ? [one] : value.Array ?? throw new ExpressionException("an array holds time series, not numbers");

    private List<MathValue> Arguments(string close)
    {
        var given = new List<MathValue>();
        if (Take(close))
            return given;
        do
        {
            given.Add(Or());
        }
        while (Take(","));
        Expect(close);
        return given;
    }

    private char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        return at < text.Length ? text[at] : '\0';
    }

    private bool Take(string token)
    {
        Peek();
        if (!text.AsSpan(at).StartsWith(token, StringComparison.Ordinal))
            return false;
        at += token.Length;
        return true;
    }

    private bool TakeWord(string word)
    {
        Peek();
        var end = at + word.Length;
        return (end >= text.Length || !char.IsAsciiLetterOrDigit(text[end])) && Take(word);
    }

    private string Word()
    {
        Peek();
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            at++;
        return at > start ? text[start..at] : throw new ExpressionException(at < text.Length ? $"unexpected '{text[at..]}'" : "it ends too early");
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw new ExpressionException($"expected '{token}' before '{text[Math.Min(at, text.Length)..]}'");
    }
}
