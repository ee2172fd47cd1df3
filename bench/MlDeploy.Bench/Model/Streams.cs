namespace MlDeploy.Bench.Model;

/// <summary>Streams of numbers that sketches are measured on; the same seed gives the same numbers.</summary>
internal static class Streams
{
    public static IReadOnlyList<(string Name, Func<Random, int, double[]> Draw)> All { get; } =
    [
        ("normal", (random, n) => Each(n, _ => Normal(random))),
        ("lognormal", (random, n) => Each(n, _ => Math.Exp(2 * Normal(random)))),
        ("uniform", (random, n) => Each(n, _ => random.NextDouble())),
        ("bimodal", (random, n) => Each(n, _ => Normal(random) + (random.NextDouble() < 0.3 ? 0 : 20))),
        ("sorted", (random, n) => Sorted(Each(n, _ => Normal(random)))),
        ("reversed", (random, n) => [.. Sorted(Each(n, _ => Normal(random))).Reverse()]),
        ("constant", (_, n) => Each(n, _ => 42.5)),
        ("few-valued", (random, n) => Each(n, _ => Math.Floor(10 * random.NextDouble() * random.NextDouble()))),
        ("1e±300", (random, n) => Each(n, _ => (random.NextDouble() < 0.5 ? -1 : 1) * Math.Pow(10, 600 * (random.NextDouble() - 0.5)))),
        ("adversarial", (random, n) => Each(n, i => (i % 2 == 0 ? 1 : -1) * Math.Exp(20.0 * i / n) * (1 + (1e-9 * random.NextDouble())))),
    ];

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] Each(int n, Func<int, double> draw) => [.. Enumerable.Range(0, n).Select(draw)];

    private static double[] Sorted(double[] values)
    {
        Array.Sort(values);
        return values;
    }
}
