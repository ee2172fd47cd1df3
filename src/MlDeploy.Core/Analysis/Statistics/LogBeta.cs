namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>
/// Logarithms of the gamma and beta functions, for positive arguments.
/// Abramowitz and Stegun 1964, 6.1.41 (Stirling's series) and 6.1.15 (recurrence).
/// </summary>
public static class LogBeta
{
    /// <summary>From here on, eight terms of the series leave less than 1e-16.</summary>
    private const double Asymptotic = 10;

    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>B(2k) / (2k (2k − 1)) for k = 1…8, B the Bernoulli numbers.</summary>
    private static readonly double[] StirlingTerms =
    [
        1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400,
    ];

    /// <summary>log Γ(x), x above 0.</summary>
    public static double LogGamma(double x)
    {
        if (!(x > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, "the gamma function is used for positive numbers only");
        }

        var product = 1.0;
        while (x < Asymptotic)
        {
            product *= x;
            x++;
        }

        return ((x - 0.5) * Math.Log(x)) - x + HalfLogTwoPi + Correction(x) - Math.Log(product);
    }

    /// <summary>
    /// log B(a, b) = log Γ(a) + log Γ(b) − log Γ(a + b), both above 0. When both are large the leading terms
    /// are cancelled by hand: at 10⁹ the plain difference has lost seven digits.
    /// </summary>
    public static double Of(double a, double b)
    {
        var small = Math.Min(a, b);
        var large = Math.Max(a, b);
        if (large < Asymptotic)
        {
            return LogGamma(a) + LogGamma(b) - LogGamma(a + b);
        }

        var shrunk = Logarithms.LogOnePlus(small / large);
        var tail = Correction(large) - Correction(small + large) - (large * shrunk);
        return small < Asymptotic
            ? LogGamma(small) + tail + (0.5 * shrunk) + small - (small * Math.Log(small + large))
            : HalfLogTwoPi - (0.5 * Math.Log(large)) + Correction(small) + tail + ((small - 0.5) * Math.Log(small / (small + large)));
    }

    private static double Correction(double x)
    {
        var inverse = 1 / x;
        var square = inverse * inverse;
        var sum = 0.0;
        for (var term = StirlingTerms.Length - 1; term >= 0; term--)
        {
            sum = (sum * square) + StirlingTerms[term];
        }

        return sum * inverse;
    }
}
