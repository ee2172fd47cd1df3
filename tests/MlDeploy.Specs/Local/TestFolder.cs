using MlDeploy.Local.Processes;

namespace MlDeploy.Specs.Local;

/// <summary>A folder of one test, gone when it ends.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder(string name = "mldeploy specs")
    {
        Root = Directory.CreateTempSubdirectory(name + " ").FullName;
    }

    public string Root { get; }

    public string PathTo(string relative) => Path.Combine(Root, relative);

    public string Write(string relative, string content = "x")
    {
        var path = PathTo(relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string WriteScript(string relative, string body)
    {
        var path = Write(relative, "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0x1ED); // 0755
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
    }
}

/// <summary>The test application beside the specs.</summary>
internal static class TestApp
{
    public static string Executable { get; } =
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "MlDeploy.TestApp.exe" : "MlDeploy.TestApp");

    public static Dictionary<string, string> Environment(string cookie = "none", int port = 0) => new(StringComparer.Ordinal)
    {
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "",
        ["HOME"] = Path.GetTempPath(),
        ["DOTNET_ROOT"] = System.Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "",
        ["PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        [InstanceCookie.Variable] = cookie,
    };
}

internal static class Eventually
{
    /// <summary>Waits until it is so; a condition that never comes true fails the test with its description.</summary>
    public static async Task Becomes(Func<bool> condition, string what, double seconds = 20)
    {
        for (var until = DateTime.UtcNow.AddSeconds(seconds); !condition();)
        {
            Assert.True(DateTime.UtcNow < until, $"did not happen within {seconds} s: {what}");
            await Task.Delay(20);
        }
    }
}
