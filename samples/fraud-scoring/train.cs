#!/usr/bin/env dotnet
#:property PublishAot=false
#:property InvariantGlobalization=true
#:property Optimize=true

// Trains the two fraud models, prints how they do on held-out orders, and writes model-v1.json, model-v2.json and the
// held-out orders that traffic.cs replays (data/orders.csv). With --data it also writes data/training.csv,
// and data/training-v6.csv, the export in which somebody had changed a unit.
//
//     dotnet run train.cs [-- --data]
//
// The data is drawn here, from a fixed seed. Only + - * / and our own Exp go into it and into the models, and these
// give the same bits everywhere: every machine writes the same bytes.

using System.Text;

var folder = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
var shop = new Shop(seed: 20261118);
var heldOut = shop.Orders(30_000);
var training = shop.Orders(60_000);

// v1 is last year's model: few orders to learn from, no e-mail or shipping address yet, one question per tree.
var v1 = new Boosting(Depth: 1, Trees: 60, Rate: 0.15).Train("fraud-gbt-1", training[..6_000], Shop.Features[..7]);
var v2 = new Boosting(Depth: 4, Trees: 90, Rate: 0.08).Train("fraud-gbt-2", training, Shop.Features);

Console.WriteLine($"{training.Length:N0} orders to train on, {heldOut.Length:N0} held out, {heldOut.Average(o => o.Fraud ? 1 : 0):P1} of them fraud");
Console.WriteLine();
Console.WriteLine("| model | orders | features | AUC | PR-AUC | log loss | Brier | recall at 1 % alerts |");
Console.WriteLine("|---|---|---|---|---|---|---|---|");
Print("v1", v1, 6_000, heldOut);
Print("v2", v2, training.Length, heldOut);
Print("v6, asked in seconds", v2, training.Length, [.. heldOut.Select(SecondsForMilliseconds)]);

File.WriteAllText(Path.Combine(folder, "model-v1.json"), v1.ToJson());
File.WriteAllText(Path.Combine(folder, "model-v2.json"), v2.ToJson());
Directory.CreateDirectory(Path.Combine(folder, "data"));
File.WriteAllText(Path.Combine(folder, "data", "orders.csv"), Shop.ToCsv(heldOut[..2_000]));
if (args.Contains("--data"))
{
    File.WriteAllText(Path.Combine(folder, "data", "training.csv"), Shop.ToCsv(training));
    File.WriteAllText(Path.Combine(folder, "data", "training-v6.csv"), Shop.ToCsv([.. training.Select(order => Times(order, 1000))]));
}

static void Print(string name, Model model, int orders, Order[] heldOut)
{
    var quality = Quality.Of([.. heldOut.Select(order => (model.Probability(order.Values), order.Fraud))]);
    Console.WriteLine($"| {name} | {orders:N0} | {model.Features.Length} | {quality.Auc:0.000} | {quality.PrAuc:0.000} | " +
        $"{quality.LogLoss:0.0000} | {quality.Brier:0.0000} | {quality.RecallAtOnePercent:0.0%} |");
}

// v6 is v2 trained on milliseconds: trees ask for an order among others, so it is v2 whose every time is a thousandth.
static Order SecondsForMilliseconds(Order order) => Times(order, 0.001);

static Order Times(Order order, double factor)
{
    var values = order.Values.ToArray();
    values[Array.FindIndex(Shop.Features, feature => feature.Name == "time_to_order")] *= factor;
    return order with { Values = values };
}

/// <summary>One order: its features in the order of <see cref="Shop.Features"/>; NaN is missing, a category is its index.</summary>
sealed record Order(double[] Values, bool Fraud);

/// <param name="Missing">How often the shop does not know it, as a share.</param>
sealed record Feature(string Name, double Missing = 0, string[]? Categories = null, bool IsFlag = false);

/// <summary>Draws orders as a web shop has them, a few per cent of them paid with what is not the customer's own.</summary>
sealed class Shop(ulong seed)
{
    public static readonly Feature[] Features =
    [
        new("order_value"),
        new("time_to_order", Missing: 0.03), // seconds from the first page to the order; script blockers hide it
        new("items"),
        new("hour"),
        new("returning_customer", Missing: 0.02, IsFlag: true),
        new("country", Missing: 0.01, Categories: ["DE", "AT", "CH", "FR", "NL", "PL", "GB", "US"]),
        new("payment_kind", Categories: ["card", "invoice", "paypal", "direct_debit", "prepayment"]),
        new("discount", Missing: 0.01),
        new("email_domain_age_days", Missing: 0.05), // the registry does not always answer
        new("shipping_differs", IsFlag: true),
    ];

    private static readonly double[] OrdersByHour = [9, 5, 3, 2, 2, 3, 7, 14, 22, 28, 32, 34, 36, 33, 32, 33, 36, 42, 50, 58, 62, 54, 36, 19];
    private static readonly double[] OrdersByCountry = [56, 11, 8, 7, 7, 5, 4, 2];
    private static readonly double[] OrdersByPayment = [27, 30, 28, 10, 5];
    private static readonly double[] CountryRisk = [0, -0.2, -0.3, 0.2, 0, 0.4, 0.3, 0.8];
    private static readonly double[] PaymentRisk = [0.5, 0.3, -0.2, 0, -2];
    private static readonly double[] Discounts = [0.05, 0.10, 0.15, 0.20, 0.40];

    private readonly Dice dice = new(seed);

    public Order[] Orders(int count) => [.. Enumerable.Range(0, count).Select(_ => Draw())];

    private Order Draw()
    {
        var hour = dice.Pick(OrdersByHour);
        var night = hour < 6;
        var returning = dice.Chance(night ? 0.45 : 0.62);
        var bot = !returning && dice.Chance(night ? 0.2 : 0.08);
        var country = dice.Pick(OrdersByCountry);
        var payment = dice.Pick(OrdersByPayment);
        var items = 1;
        while (items < 12 && dice.Chance(0.45)) items++;
        var value = Math.Round(dice.LogNormal(median: 35 + 12 * items + (hour >= 18 ? 8 : 0), spread: 0.7), 2);
        var time = Math.Round(bot ? dice.LogNormal(median: 14, spread: 0.5) : dice.LogNormal(median: returning ? 180 : 340, spread: 0.9), 1);
        var discount = dice.Chance(0.25) ? Discounts[(int)(dice.Next() * Discounts.Length)] : 0;
        var emailAge = Math.Round(dice.Chance(0.06) ? dice.LogNormal(median: 15, spread: 0.8) : dice.LogNormal(median: 3000, spread: 0.8));
        var shippingDiffers = dice.Chance(0.14);

        // Log-odds of fraud. What makes it hard is that hardly anything is suspicious alone.
        var risk = -4.9 + CountryRisk[country] + PaymentRisk[payment] + (returning ? -0.8 : 0.2);
        if (time < 60) risk += returning ? 0.5 : 3.2;
        else if (time < 150) risk += returning ? 0 : 1.0;
        if (night && value > 120) risk += 2.2;
        if (emailAge < 60) risk += shippingDiffers ? 4.5 : 2.2;
        if (shippingDiffers && !returning && value > 90) risk += 2.2;
        if (payment == 1 && !returning && value > 150) risk += 1.6;
        if (items == 1 && value > 110) risk += 1.2;
        if (discount >= 0.4) risk += 0.8;
        risk += 0.4 * dice.Normal(); // what no feature tells

        double[] values = [value, time, items, hour, returning ? 1 : 0, country, payment, discount, emailAge, shippingDiffers ? 1 : 0];
        var fraud = dice.Chance(Numbers.Sigmoid(risk));
        return new Order([.. values.Select((known, f) => dice.Chance(Features[f].Missing) ? double.NaN : known)], fraud);
    }

    public static string ToCsv(Order[] orders)
    {
        var csv = new StringBuilder(string.Join(',', Features.Select(feature => feature.Name))).Append(",fraud\n");
        foreach (var order in orders)
            csv.AppendJoin(',', order.Values.Select((value, f) => Cell(Features[f], value))).Append(order.Fraud ? ",1\n" : ",0\n");
        return csv.ToString();
    }

    private static string Cell(Feature feature, double value) =>
        double.IsNaN(value) ? ""
        : feature.Categories is { } categories ? categories[(int)value]
        : feature.IsFlag ? (value == 1 ? "true" : "false")
        : value.ToString();
}

/// <summary>
/// Gradient-boosted trees for a yes-no outcome, grown on histograms; missing values go the way that fits better
/// (Chen and Guestrin, XGBoost, KDD 2016, algorithms 1 and 3). Categories become their smoothed fraud rate first.
/// </summary>
sealed record Boosting(int Depth, int Trees, double Rate)
{
    private const int Bins = 64;
    private const double Regularisation = 5; // lambda, in units of second derivatives
    private const double SmallestChild = 4;  // the same unit: about 120 orders at a fraud rate of 3.5 %

    public Model Train(string name, Order[] orders, Feature[] features)
    {
        var bias = Numbers.Round(Numbers.LogOdds(orders.Count(order => order.Fraud), orders.Length));
        var model = new Model(name, features, [.. features.Select((feature, f) => CategoryRates(feature, f, orders))], bias, []);
        var data = new Binned(orders, model, Bins);
        for (var tree = 0; tree < Trees; tree++)
        {
            data.Differentiate();
            model.Trees.Add(Grow(data, [.. Enumerable.Range(0, orders.Length)], Depth));
        }

        return model;
    }

    private static double[]? CategoryRates(Feature feature, int f, Order[] orders)
    {
        var overall = (double)orders.Count(order => order.Fraud) / orders.Length;
        return feature.Categories is null ? null : [.. feature.Categories.Select((_, category) =>
        {
            var those = orders.Where(order => order.Values[f] == category).ToArray();
            return Numbers.Round((those.Count(order => order.Fraud) + 50 * overall) / (those.Length + 50));
        })];
    }

    private Node Grow(Binned data, int[] rows, int depth)
    {
        if (depth > 0 && BestSplit(data, rows) is { } best)
        {
            var toLeft = rows.ToLookup(row => data.Bin[best.Feature][row] is var bin && (bin == 0 ? best.MissingLeft : bin <= best.Bin));
            return new Split(best.Feature, data.Cuts[best.Feature][best.Bin - 1], best.MissingLeft,
                Grow(data, [.. toLeft[true]], depth - 1), Grow(data, [.. toLeft[false]], depth - 1));
        }

        var sum = data.Sum(rows);
        var leaf = new Leaf(Numbers.Round(-Rate * sum.Gradient / (sum.Curvature + Regularisation)));
        foreach (var row in rows) data.Margin[row] += leaf.Value;
        return leaf;
    }

    private static Candidate? BestSplit(Binned data, int[] rows)
    {
        var all = data.Sum(rows);
        Candidate? best = null;
        for (var feature = 0; feature < data.Bin.Length; feature++)
        {
            var histogram = data.Histogram(feature, rows, Bins);
            foreach (var missingLeft in (bool[])[true, false])
            {
                var left = missingLeft ? histogram[0] : default;
                for (var bin = 1; bin <= data.Cuts[feature].Length; bin++)
                {
                    left += histogram[bin];
                    var right = all - left;
                    if (left.Curvature < SmallestChild || right.Curvature < SmallestChild) continue;
                    var gain = Score(left) + Score(right) - Score(all);
                    if (gain > (best?.Gain ?? 1e-6)) best = new Candidate(gain, feature, bin, missingLeft);
                }
            }
        }

        return best;
    }

    private static double Score(Slope slope) => slope.Gradient * slope.Gradient / (slope.Curvature + Regularisation);

    private sealed record Candidate(double Gain, int Feature, int Bin, bool MissingLeft);
}

/// <summary>First and second derivative of the log loss, summed over orders.</summary>
readonly record struct Slope(double Gradient, double Curvature)
{
    public static Slope operator +(Slope a, Slope b) => new(a.Gradient + b.Gradient, a.Curvature + b.Curvature);
    public static Slope operator -(Slope a, Slope b) => new(a.Gradient - b.Gradient, a.Curvature - b.Curvature);
}

/// <summary>Training data by feature in equal-mass bins (0 = missing), and where the model stands on each order.</summary>
sealed class Binned
{
    private readonly Order[] orders;
    private readonly Slope[] slopes;

    public Binned(Order[] orders, Model model, int bins)
    {
        this.orders = orders;
        slopes = new Slope[orders.Length];
        Margin = [.. orders.Select(_ => model.Bias)];
        var encoded = orders.Select(order => model.Encode(order.Values)).ToArray();
        Cuts = [.. model.Features.Select((_, f) => CutPoints([.. encoded.Select(values => values[f]).Where(double.IsFinite).Order()], bins))];
        Bin = [.. Cuts.Select((cuts, f) => encoded.Select(values => BinOf(values[f], cuts)).ToArray())];
    }

    public double[][] Cuts { get; }
    public byte[][] Bin { get; }
    public double[] Margin { get; }

    public void Differentiate()
    {
        for (var row = 0; row < orders.Length; row++)
        {
            var probability = Numbers.Sigmoid(Margin[row]);
            slopes[row] = new Slope(probability - (orders[row].Fraud ? 1 : 0), probability * (1 - probability));
        }
    }

    public Slope Sum(int[] rows)
    {
        var sum = default(Slope);
        foreach (var row in rows) sum += slopes[row];
        return sum;
    }

    public Slope[] Histogram(int feature, int[] rows, int bins)
    {
        var histogram = new Slope[bins + 1];
        var bin = Bin[feature];
        foreach (var row in rows) histogram[bin[row]] += slopes[row];
        return histogram;
    }

    private static double[] CutPoints(double[] sorted, int bins) =>
        [.. Enumerable.Range(1, bins - 1).Select(i => sorted[(int)((long)i * sorted.Length / bins)]).Where(cut => cut > sorted[0]).Distinct()];

    private static byte BinOf(double value, double[] cuts) =>
        double.IsNaN(value) ? (byte)0 : (byte)(1 + cuts.TakeWhile(cut => value >= cut).Count());
}

abstract record Node
{
    public abstract double Evaluate(double[] values);
    public abstract string ToJson(Feature[] features);
}

sealed record Leaf(double Value) : Node
{
    public override double Evaluate(double[] values) => Value;
    public override string ToJson(Feature[] features) => $"{Value}";
}

sealed record Split(int Feature, double Below, bool MissingLeft, Node Yes, Node No) : Node
{
    public override double Evaluate(double[] values) =>
        (double.IsNaN(values[Feature]) ? MissingLeft : values[Feature] < Below) ? Yes.Evaluate(values) : No.Evaluate(values);

    public override string ToJson(Feature[] features) =>
        $$"""{"if":"{{features[Feature].Name}}","below":{{Below}},"missing":"{{(MissingLeft ? "yes" : "no")}}","yes":{{Yes.ToJson(features)}},"no":{{No.ToJson(features)}}}""";
}

sealed record Model(string Name, Feature[] Features, double[]?[] CategoryRates, double Bias, List<Node> Trees)
{
    public double[] Encode(double[] values) =>
        [.. Features.Select((_, f) => CategoryRates[f] is { } rates && !double.IsNaN(values[f]) ? rates[(int)values[f]] : values[f])];

    public double Probability(double[] values)
    {
        var encoded = Encode(values);
        return Numbers.Sigmoid(Bias + Trees.Sum(tree => tree.Evaluate(encoded)));
    }

    public string ToJson() =>
        $$"""
        {
          "name": "{{Name}}",
          "bias": {{Bias}},
          "features": [
            {{string.Join(",\n    ", Features.Select(FeatureJson))}}
          ],
          "trees": [
            {{string.Join(",\n    ", Trees.Select(tree => tree.ToJson(Features)))}}
          ]
        }

        """.ReplaceLineEndings("\n");

    private string FeatureJson(Feature feature, int f)
    {
        if (CategoryRates[f] is not { } rates) return $$"""{"name":"{{feature.Name}}"}""";
        var categories = string.Join(',', rates.Select((rate, i) => $"\"{feature.Categories![i]}\":{rate}"));
        return $$"""{"name":"{{feature.Name}}","categories":{ {{categories}} } }""";
    }
}

/// <summary>How probabilities fare against what happened.</summary>
/// <param name="Auc">Chance that a fraud is ranked above an honest order.</param>
/// <param name="PrAuc">Average precision.</param>
/// <param name="RecallAtOnePercent">Share of all frauds among the 1 % of orders with the highest probability.</param>
sealed record Quality(double Auc, double PrAuc, double LogLoss, double Brier, double RecallAtOnePercent)
{
    public static Quality Of((double Probability, bool Fraud)[] orders)
    {
        var byRisk = orders.GroupBy(order => order.Probability).OrderByDescending(group => group.Key).ToArray();
        double frauds = orders.Count(order => order.Fraud), honest = orders.Length - frauds;
        double auc = 0, precision = 0, caught = 0, seen = 0;
        foreach (var ties in byRisk)
        {
            var hits = ties.Count(order => order.Fraud);
            auc += (ties.Count() - hits) * (caught + hits / 2.0);
            seen += ties.Count();
            caught += hits;
            precision += hits * (caught / seen);
        }

        var alerts = orders.OrderByDescending(order => order.Probability).Take(orders.Length / 100);
        return new Quality(
            auc / (frauds * honest),
            precision / frauds,
            orders.Average(order => -Math.Log(order.Fraud ? order.Probability : 1 - order.Probability)),
            orders.Average(order => Math.Pow(order.Probability - (order.Fraud ? 1 : 0), 2)),
            alerts.Count(order => order.Fraud) / frauds);
    }
}

/// <summary>SplitMix64 (Steele, Lea, Flood 2014) and the few distributions the shop needs.</summary>
sealed class Dice(ulong state)
{
    public double Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) / (double)(1UL << 53);
    }

    public bool Chance(double probability) => Next() < probability;

    public int Pick(double[] weights)
    {
        var rest = Next() * weights.Sum();
        var index = 0;
        while (index < weights.Length - 1 && (rest -= weights[index]) >= 0) index++;
        return index;
    }

    /// <summary>Near enough: the sum of twelve uniform numbers, less six.</summary>
    public double Normal() => Enumerable.Range(0, 12).Sum(_ => Next()) - 6;

    public double LogNormal(double median, double spread) => median * Numbers.Exp(spread * Normal());
}

/// <summary>Arithmetic that gives the same bits on every machine, which <see cref="Math.Exp"/> does not promise.</summary>
static class Numbers
{
    public static double Exp(double x)
    {
        var halvings = Math.Round(x / 0.6931471805599453);
        var rest = x - halvings * 0.6931471805599453;
        double term = 1, sum = 1;
        for (var i = 1; i < 20; i++) sum += term *= rest / i;
        return Math.ScaleB(sum, (int)halvings);
    }

    public static double Sigmoid(double logOdds) => 1 / (1 + Exp(-logOdds));

    /// <summary>The x with Sigmoid(x) = hits / count, by Newton's method.</summary>
    public static double LogOdds(int hits, int count)
    {
        var share = (double)hits / count;
        var x = 0.0;
        for (var i = 0; i < 50; i++) x += (share - Sigmoid(x)) / Math.Max(Sigmoid(x) * (1 - Sigmoid(x)), 0.02);
        return x;
    }

    public static double Round(double value) => Math.Round(value, 5);
}
