using System.Reflection;

namespace MlDeploy.Tool;

/// <summary>The version of this tool; command line and host compare theirs.</summary>
internal static class ToolVersion
{
    private const int CommitLetters = 12;

    /// <summary>`0.1.0+abcdef012345`: the package's version, and the commit it was built from where that is known.</summary>
    public static string Text { get; } = Short(
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    /// <summary>`0.1.0`</summary>
    public static string Number { get; } = Text.Split('+')[0];

    private static string Short(string version) =>
        version.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus ? version[..Math.Min(version.Length, plus + 1 + CommitLetters)] : version;
}
