using System.Text.RegularExpressions;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>Names of statistics (CloudWatch, "CloudWatch statistics definitions").</summary>
internal static partial class Statistics
{
    public const string Allowed = "Average, Sum, Minimum, Maximum, SampleCount, p99, tm99, TM(10%:90%), TC(:0.5), PR(:100), IQM";

    public static bool IsStatistic(string text) => text is "Average" or "Sum" or "Minimum" or "Maximum" or "SampleCount" || IsExtended(text);

    /// <summary>Those that an alarm takes as ExtendedStatistic.</summary>
    public static bool IsExtended(string text) => text is "IQM" || Percentile().IsMatch(text) || Range().IsMatch(text);

    /// <summary>`p99.9`, `tm90`, `wm98`, `tc90`, `ts90`.</summary>
    [GeneratedRegex(@"^(p|tm|wm|tc|ts)(100|[0-9]{1,2}(\.[0-9]{1,10})?)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Percentile();

    /// <summary>`TM(2%:98%)`, `TC(0.5:)`, `PR(:300)`.</summary>
    [GeneratedRegex(@"^(TM|WM|TC|TS|PR)\((?=[^:)]*[0-9]|:[^)]*[0-9])([0-9]+(\.[0-9]+)?%?)?:([0-9]+(\.[0-9]+)?%?)?\)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Range();
}
