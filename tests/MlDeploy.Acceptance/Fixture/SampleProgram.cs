using System.Diagnostics;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>samples/fraud-scoring, compiled once, so that its versions start at once.</summary>
internal static class SampleProgram
{
    public static string Sources => Path.Combine(TheTool.Repository, "samples", "fraud-scoring");

    public static async Task BuildAsync(string into)
    {
        var start = new ProcessStartInfo(Path.Combine(TheTool.DotnetRoot, "dotnet"), ["build", Path.Combine(Sources, "score.cs"), "-o", into, "-v", "q", "-nologo"]) { RedirectStandardOutput = true };
        using var building = Process.Start(start)!;
        var told = await building.StandardOutput.ReadToEndAsync();
        await building.WaitForExitAsync();
        Assert.True(building.ExitCode == 0, told);
    }
}
