namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>The standard normal distribution.</summary>
internal static class Gauss
{
    private const double Farthest = 9;

    /// <summary>
    /// Share above <paramref name="z"/>, by the Chebyshev fit of the complementary error function (Press et al., Numerical Recipes, 6.2; relative error below 1.2e-7).
    /// </summary>
    public static double Above(double z)
    {
        var x = Math.Abs(z) / Math.Sqrt(2);
        var t = 1 / (1 + (x / 2));
        var exponent = (-x * x) - 1.26551223 + (t * (1.00002368 + (t * (0.37409196 + (t * (0.09678418 + (t * (-0.18628806 + (t * (0.27886807
            + (t * (-1.13520398 + (t * (1.48851587 + (t * (-0.82215223 + (t * 0.17087277)))))))))))))))));
        var half = t * Math.Exp(exponent) / 2;
        return z >= 0 ? half : 1 - half;
    }

    public static double Below(double z) => Above(-z);

    /// <summary>The number below which the share lies; within ±9.</summary>
    public static double Quantile(double share)
    {
        var (low, high) = (-Farthest, Farthest);
        for (var halving = 0; halving < 60; halving++)
        {
            var middle = (low + high) / 2;
            (low, high) = Above(middle) > 1 - share ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
