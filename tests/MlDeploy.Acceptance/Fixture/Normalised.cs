using System.Text.RegularExpressions;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>A text without what differs from run to run: times, process ids, ports, digests, measured numbers, names of this machine.</summary>
internal static partial class Normalised
{
    /// <summary>Milliseconds.</summary>
    private const int Patience = 10_000;

    public static string Of(string text, TestState state)
    {
        var known = text
            .Replace(state.Root, "ROOT", StringComparison.Ordinal)
            .Replace(TheTool.TestApplication, "TESTAPP", StringComparison.Ordinal)
            .Replace(state.Name, "APP", StringComparison.Ordinal)
            .Replace($"127.0.0.1:{state.Port}", "127.0.0.1:PORT", StringComparison.Ordinal)
            .Replace($"{Environment.UserName}@{Environment.MachineName}", "USER@MACHINE", StringComparison.Ordinal);
        known = Timestamp().Replace(known, "TIME");
        known = Settings().Replace(known, "${name}…}");
        known = Points().Replace(known, "${name}…]");
        known = Version().Replace(known, "${name}VERSION\"");
        known = Hash().Replace(known, "SHA256");
        known = Digest().Replace(known, "-DIGEST");
        known = Count().Replace(known, "${name}N");
        known = Value().Replace(known, "# %");
        known = Duration().Replace(known, "# s");
        return JsonNumber().Replace(known, "${name}0");
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00| UTC)?", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Timestamp();

    [GeneratedRegex("-[0-9a-f]{12}(?![0-9a-f])", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Digest();

    /// <summary>A gate over time: how many looks there were differs.</summary>
    [GeneratedRegex("""(?<name>"points": \[)[^\]]*\]""", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Points();

    /// <summary>The manifest: it changes with every setting that is added, and is told elsewhere.</summary>
    [GeneratedRegex("""(?<name>"settings": \{).*?\n    \}""", RegexOptions.ExplicitCapture | RegexOptions.Singleline, Patience)]
    private static partial Regex Settings();

    [GeneratedRegex("(?<name>\"toolVersion\": \")[^\"]*\"", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Version();

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Hash();

    /// <summary>Counts of requests: `n 52`, and the last but one column of a report's table.</summary>
    [GeneratedRegex(@"(?<name>\bn )[\d,]+|(?<name>\| )\d+(?= \| [^|\n]*\|\n)", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Count();

    /// <summary>Measured shares: the upper end of an interval, what would have been caught; the manifest's own are left.</summary>
    [GeneratedRegex(@"(?<=– |\+)[\d.]+ %", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Value();

    [GeneratedRegex(@"\d+(\.\d+)? (ms|s)\b", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex Duration();

    /// <summary>Measured numbers of a JSON report, by their names.</summary>
    [GeneratedRegex("""(?<name>"(n|low|high|value|stable|lasted|at|smallestCaught|needed)": )("?[-\d.:eE]+"?)""", RegexOptions.ExplicitCapture, Patience)]
    private static partial Regex JsonNumber();
}
