#:property PublishAot=false

// How long a command takes to start, as ./build.sh bench runs it: dotnet run build/cold-start.cs -- TOOL [REPORT.md]
// Runs alternate, so that a slow minute of the machine meets all of them; the first of each is thrown away.

using System.Diagnostics;
using System.Globalization;

const int Runs = 21;
const double Goal = 0.5;

if (args.Length is 0 or > 2)
{
    Console.Error.WriteLine("usage: dotnet run build/cold-start.cs -- TOOL [REPORT.md]");
    return 3;
}

var tool = Path.GetFullPath(args[0]);
var folder = Directory.CreateTempSubdirectory("mldeploy-cold-start-").FullName;
try
{
    Execute(new("", "", tool, ["init", "--name", "cold-start"]), folder);
    var subjects = new List<Subject>
    {
        new("runtime", "an empty program with the same frameworks: host, runtime, Main", Empty.Build(folder), []),
        new("version", "`mldeploy --version`: and its assemblies, and the command line parsed", tool, ["--version"]),
        new("validate", "`mldeploy validate`: and the manifest read and checked", tool, ["validate"]),
    };
    var aws = Aws();
    if (aws is null)
    {
        Console.WriteLine("notice: the aws command line is not installed, so there is nothing to compare with (get it: pip install awscli)");
    }
    else
    {
        subjects.Add(new("aws", "`aws --version`", aws, ["--version"]));
    }

    var medians = Measure(subjects, folder);
    var report = Report(subjects, medians);
    Console.WriteLine(report);
    if (args.Length == 2)
    {
        File.WriteAllText(args[1], report);
    }

    return aws is null || medians["validate"] < Goal * medians["aws"] ? 0 : 1;
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static Dictionary<string, double> Measure(List<Subject> subjects, string folder)
{
    var times = subjects.ToDictionary(subject => subject.Name, _ => new List<double>());
    for (var run = 0; run <= Runs; run++)
    {
        foreach (var subject in subjects)
        {
            var milliseconds = Execute(subject, folder);
            if (run > 0)
            {
                times[subject.Name].Add(milliseconds);
            }
        }
    }

    return times.ToDictionary(entry => entry.Key, entry => entry.Value.Order().ElementAt(Runs / 2));
}

static double Execute(Subject subject, string folder)
{
    var start = new ProcessStartInfo(subject.Program, subject.Arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
    var clock = Stopwatch.GetTimestamp();
    using var process = Process.Start(start)!;
    var error = process.StandardError.ReadToEndAsync();
    var output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    var took = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
    return process.ExitCode == 0 ? took : throw new InvalidOperationException($"{subject.Program} ended with {process.ExitCode}: {output}{error.Result}");
}

static string Report(List<Subject> subjects, Dictionary<string, double> medians)
{
    var rows = subjects.Select(subject => $"| {subject.What} | {Milliseconds(medians[subject.Name])} |");
    var ratio = medians.TryGetValue("aws", out var aws) ? medians["validate"] / aws : (double?)null;
    return $"""
        ## Cold start of the command line

        Medians of {Runs} alternating runs of the packed tool; each row holds the one above it.

        | what | ms |
        |---|---|
        {string.Join('\n', rows)}

        `mldeploy validate`: {Milliseconds(medians["runtime"])} ms runtime + {Milliseconds(medians["version"] - medians["runtime"])} ms assemblies and command line + {Milliseconds(medians["validate"] - medians["version"])} ms manifest.
        {(ratio is null
            ? "`aws` was not installed: no ratio."
            : $"Ratio to `aws --version`: {ratio.Value.ToString("0.00", CultureInfo.InvariantCulture)} (goal: below {Goal.ToString("0.0", CultureInfo.InvariantCulture)}: {(ratio < Goal ? "met" : "missed")}).")}

        """.ReplaceLineEndings("\n");
}

static string Milliseconds(double value) => value.ToString("0", CultureInfo.InvariantCulture);

/// The program itself: a version manager's shim in front of it would be counted against it.
static string? Aws()
{
    var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(directory => Path.Combine(directory, OperatingSystem.IsWindows() ? "aws.exe" : "aws"))
        .FirstOrDefault(File.Exists);
    if (found is null || !found.Contains("shims", StringComparison.Ordinal))
    {
        return found;
    }

    using var which = Process.Start(new ProcessStartInfo("pyenv", ["which", "aws"]) { RedirectStandardOutput = true })!;
    var path = which.StandardOutput.ReadToEnd().Trim();
    which.WaitForExit();
    return File.Exists(path) ? path : found;
}

internal sealed record Subject(string Name, string What, string Program, string[] Arguments);

/// <summary>A program that does nothing, with the frameworks that the tool asks for.</summary>
internal static class Empty
{
    public static string Build(string folder)
    {
        var source = Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName;
        File.WriteAllText(Path.Combine(source, "Program.cs"), "return 0;\n");
        File.WriteAllText(Path.Combine(source, "Empty.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <InvariantGlobalization>true</InvariantGlobalization>
              </PropertyGroup>
              <ItemGroup>
                <FrameworkReference Include="Microsoft.AspNetCore.App" />
              </ItemGroup>
            </Project>
            """);
        using var build = Process.Start(new ProcessStartInfo("dotnet", ["build", source, "-c", "Release", "-o", Path.Combine(source, "out"), "-v", "quiet", "-nologo"]))!;
        build.WaitForExit();
        return build.ExitCode == 0 ? Path.Combine(source, "out", OperatingSystem.IsWindows() ? "Empty.exe" : "Empty") : throw new InvalidOperationException("the empty program does not build");
    }
}
