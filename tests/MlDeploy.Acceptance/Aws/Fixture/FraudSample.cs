using System.Diagnostics;
using MlDeploy.Acceptance.Fixture;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Acceptance.Aws.Fixture;

/// <summary>samples/fraud-scoring as what runs behind an image: its own program, built once from a copy, and its own customers.</summary>
internal sealed class FraudSample : IDisposable
{
    private const string NoLabel = "fraud";
    private readonly string folder = Directory.CreateTempSubdirectory("mldeploy-fraud-").FullName;
    private readonly Lazy<Task> built;
    private readonly Lazy<string[]> orders;

    public FraudSample()
    {
        built = new Lazy<Task>(MakeAsync);
        orders = new Lazy<string[]>(ReadOrders);
    }

    /// <summary>For `/bin/sh -c`, told its port in `$PORT`. Nothing is there before <see cref="BuildAsync"/>.</summary>
    public string Command => $"exec {Path.Combine(TheTool.DotnetRoot, "dotnet")} {Path.Combine(folder, "bin", "score.dll")}";

    private static string Source => Path.Combine(TheTool.Repository, "samples", "fraud-scoring");

    public Task BuildAsync() => built.Value;

    /// <summary>A version's variables as the sample's own manifest has them, in flow style.</summary>
    public string Environment(string version)
    {
        var manifest = ManifestReader.Read(new ManifestSource("mlapp.yaml", File.ReadAllBytes(Path.Combine(Source, "mlapp.yaml")), Source) { Environment = version }).Manifest!;
        return string.Join(", ", manifest.Application.Environment.Select(variable => $"{variable.Key}: {variable.Value}"));
    }

    /// <summary>The n-th customer's order: one of those that no model was trained on, without its label.</summary>
    public string Order(long number) => orders.Value[number % orders.Value.Length];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task MakeAsync()
    {
        foreach (var file in Directory.GetFiles(Source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        var start = new ProcessStartInfo(Path.Combine(TheTool.DotnetRoot, "dotnet"), ["build", "score.cs", "-o", "bin", "-v", "quiet", "-nologo"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"the sample does not build: {await output}{await error}");
    }

    private static string[] ReadOrders()
    {
        var lines = File.ReadAllLines(Path.Combine(Source, "data", "orders.csv"));
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => $"{{{string.Join(',', names.Zip(line.Split(','), Member).OfType<string>())}}}")];

        static string? Member(string name, string cell) =>
            cell.Length == 0 || name == NoLabel ? null
            : double.TryParse(cell, out _) || bool.TryParse(cell, out _) ? $"\"{name}\":{cell}"
            : $"\"{name}\":\"{cell}\"";
    }
}
