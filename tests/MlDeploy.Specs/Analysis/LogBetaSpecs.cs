using MlDeploy.Core.Analysis.Statistics;

namespace MlDeploy.Specs.Analysis;

/// <summary>Against values computed with 40 digits (mpmath 1.3).</summary>
public sealed class LogBetaSpecs
{
    [Theory]
    [InlineData(1e-3, 6.90717888538385368)]
    [InlineData(0.5, 0.572364942924700087)]
    [InlineData(1, 0)]
    [InlineData(2.5, 0.28468287047291916)]
    [InlineData(9.999, 12.7995757800774125)]
    [InlineData(10, 12.8018274800814696)]
    [InlineData(100, 359.134205369575399)]
    [InlineData(12345.678, 103959.919905546061)]
    [InlineData(1e9, 19723265827.5037168)]
    public void Log_gamma_has_thirteen_digits(double x, double expected) => AssertClose(expected, LogBeta.LogGamma(x));

    [Theory]
    [InlineData(0.5, 0.5, 1.14472988584940017)]
    [InlineData(3.5, 1000000000.5, -71.3304568330903648)]
    [InlineData(0.5, 1000000000.5, -9.78926797567350549)]
    [InlineData(1e9, 1e9, -1386294370.21601141)]
    [InlineData(20.5, 980.5, -100.576261266106847)]
    [InlineData(9.5, 30, -21.8504020091930304)]
    [InlineData(1e-3, 2, 6.90675577864905352)]
    [InlineData(500000.5, 1e9, -4300585.6516373831)]
    public void Log_beta_keeps_its_digits_for_very_unequal_and_very_large_arguments(double a, double b, double expected)
    {
        AssertClose(expected, LogBeta.Of(a, b));
        Assert.Equal(LogBeta.Of(a, b), LogBeta.Of(b, a));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Only_positive_numbers_have_a_log_gamma(double x) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LogBeta.LogGamma(x));

    private static void AssertClose(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= 1e-13 * Math.Max(1, Math.Abs(expected)), $"expected {expected:R}, got {actual:R}");
}
