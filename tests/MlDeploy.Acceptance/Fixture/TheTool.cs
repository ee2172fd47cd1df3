using System.Runtime.InteropServices;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>What is tested: the packed tool, as `./build.sh test` installs it, and the application that stands in for a user's.</summary>
internal static class TheTool
{
    private static string Suffix => OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>MLDEPLOY_TOOL; without it the debug build of this repository, for work on a test.</summary>
    public static string Executable { get; } = Environment.GetEnvironmentVariable("MLDEPLOY_TOOL") is { Length: > 0 } packed
        ? packed
        : Path.Combine(Repository, "artifacts", "bin", "MlDeploy.Tool", "debug", $"mldeploy{Suffix}");

    /// <summary>tests/MlDeploy.TestApp, which lies beside the tests.</summary>
    public static string TestApplication { get; } = Path.Combine(AppContext.BaseDirectory, $"MlDeploy.TestApp{Suffix}");

    public static string Repository => Environment.GetEnvironmentVariable("MLDEPLOY_REPOSITORY") is { Length: > 0 } given ? given : FindRepository();

    /// <summary>Where .NET is, for programs that are started with nothing else in their environment.</summary>
    public static string DotnetRoot { get; } =
        Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? root : Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MlDeploy.slnx")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException($"no MlDeploy.slnx above {AppContext.BaseDirectory}");
    }
}
