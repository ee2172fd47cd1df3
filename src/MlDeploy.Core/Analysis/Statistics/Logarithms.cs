namespace MlDeploy.Core.Analysis.Statistics;

/// <summary>Evidence is multiplied over hours: all of it is kept as logarithms.</summary>
internal static class Logarithms
{
    /// <summary>log(1 + x) without losing a small x (Goldberg 1991, theorem 4).</summary>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        return sum == 1 ? x : x * Math.Log(sum) / (sum - 1);
    }

    /// <summary>log(eᵃ + eᵇ).</summary>
    public static double Add(double a, double b)
    {
        var high = Math.Max(a, b);
        return double.IsNegativeInfinity(high) ? high : high + LogOnePlus(Math.Exp(Math.Min(a, b) - high));
    }

    /// <summary>eˣ, held below the largest number JSON can carry.</summary>
    public static double BoundedExp(double x) => Math.Exp(Math.Min(x, 700));
}
