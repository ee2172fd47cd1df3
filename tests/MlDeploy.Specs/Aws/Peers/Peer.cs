using System.Diagnostics;

namespace MlDeploy.Specs.Aws.Peers;

/// <summary>
/// Programs that the aws specifications compare with. Where one is missing a test says so and is skipped on a
/// laptop, and fails in CI.
/// </summary>
internal static class Peer
{
    public static bool Ci => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <param name="remedy">What brings it.</param>
    public static void Missing(string what, string remedy = "pip install moto[server]")
    {
        if (Ci)
        {
            Assert.Fail($"{what} is missing; in CI it must be there ({remedy} brings it)");
        }

        Assert.Skip($"{what} is missing here ({remedy} brings it)");
    }

    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Runs to the end and returns standard output; null where it cannot be started or fails.</summary>
    public static string? Run(string program, string[] arguments, string? input = null)
    {
        if (Find(program) is not { } path)
        {
            return null;
        }

        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            process.StandardInput.Write(input);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result}");
    }
}
