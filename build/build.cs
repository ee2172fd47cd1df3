#:property PublishAot=false

// The one build program, behind ./build.sh and build.cmd: dotnet run build/build.cs -- VERB
// No packages, so that it runs on a bare clone. A file-based program is one file; the demo and the
// cold-start benchmark are programs of their own beside it (demo.cs, cold-start.cs).

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Xml.Linq;

var build = new Build(Path.GetFullPath(Path.Combine((string)AppContext.GetData("EntryPointFileDirectoryPath")!, "..")));
var verb = args.FirstOrDefault() ?? "help";
var rest = args.Skip(1).ToArray();
try
{
    return verb switch
    {
        "test" => build.Test(rest),
        "demo" => build.Demo(rest),
        "soak" => build.Soak(rest),
        "bench" => build.Bench(rest),
        "pack" => build.Pack(),
        "install" => build.Install(rest),
        "format" => build.Format(rest),
        "clean" => build.Clean(),
        "help" or "-h" or "--help" => Help.Print(Console.Out),
        _ => Help.Unknown(verb),
    };
}
catch (StepFailed failure)
{
    Console.Error.WriteLine($"failed: {failure.Message}");
    return failure.ExitCode;
}

internal static class Help
{
    private const string Text = """
        usage: ./build.sh VERB   (build.cmd VERB on Windows)

          test     build everything, pack the tool, run every test project
          demo     deploy the sample, promote a better version, roll four bad ones back
          soak     the long versions of the tests, then bench; rewrites docs/measurements.md
          bench    benchmarks, each beside the reference it is compared with     [NAME; cold-start]
          pack     the dotnet tool, into artifacts/packages
          install  install or update the global tool from artifacts/packages  [--tool-path DIR]
          format   dotnet format                                              [--check]
          clean    remove artifacts/

        needs: git and the .NET SDK 10.0. What more a benchmark compares with is named when it is missing.
        """;

    public static int Print(TextWriter to)
    {
        to.WriteLine(Text);
        return 0;
    }

    public static int Unknown(string verb)
    {
        Console.Error.WriteLine($"unknown verb '{verb}'");
        Print(Console.Error);
        return 3;
    }
}

/// <summary>A step ended with an exit code that ends the build.</summary>
internal sealed class StepFailed(string message, int exitCode = 1) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>The verbs. Each reads as the list of its steps.</summary>
internal sealed class Build(string root)
{
    private const string ToolProject = "src/MlDeploy.Tool";

    private readonly Shell shell = new(root);
    private readonly bool ci = string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    private string Artifacts => Path.Combine(root, "artifacts");
    private string Packages => Path.Combine(Artifacts, "packages");
    private string Measurements => Path.Combine(Artifacts, "measurements");
    private string Tool => Path.Combine(Artifacts, "tool", OperatingSystem.IsWindows() ? "mldeploy.exe" : "mldeploy");

    public int Test(string[] filter)
    {
        var clock = Stopwatch.StartNew();
        BuildSolution();
        PackAndInstallHere();
        Console.WriteLine($"built and packed in {Seconds(clock.Elapsed)}");
        return new TestRun(shell, root, TestEnvironment()).Run(["-explicit", "off", .. filter]);
    }

    public int Soak(string[] filter)
    {
        BuildSolution();
        PackAndInstallHere();
        Recreate(Measurements);
        var environment = TestEnvironment();
        environment["MLDEPLOY_MEASUREMENTS"] = Path.Combine(Measurements, "10-soak.md");
        var code = new TestRun(shell, root, environment) { ZeroIsFine = true }.Run(["-explicit", "only", "-trait", "run=soak", .. filter]);
        code = Math.Max(code, RunBenchmarks());
        WriteMeasurements();
        return code;
    }

    public int Bench(string[] names)
    {
        PackAndInstallHere();
        return RunBenchmarks(names);
    }

    public int Pack()
    {
        Recreate(Packages);
        var platform = Platform();

        // ReadyToRun needs the compiler's package for this platform; where the feed has none, a portable tool still works.
        if (shell.Try("dotnet", ["restore", ToolProject, $"-p:PackFor={platform}", "-v", "quiet"], quiet: true) == 0)
        {
            shell.Run("dotnet", ["pack", ToolProject, "-c", "Release", "--no-restore", $"-p:PackFor={platform}", "-o", Packages, "-v", "quiet", "-nologo"]);
        }
        else
        {
            Console.WriteLine($"notice: the ReadyToRun compiler for {platform} does not restore here; packing the portable tool alone (it starts slower)");
            shell.Run("dotnet", ["pack", ToolProject, "-c", "Release", "-o", Packages, "-v", "quiet", "-nologo"]);
        }

        foreach (var package in Directory.GetFiles(Packages, "*.nupkg").Order(StringComparer.Ordinal))
        {
            Console.WriteLine($"packed {Path.GetRelativePath(root, package)} ({new FileInfo(package).Length / 1024} KiB)");
        }

        return 0;
    }

    public int Install(string[] arguments)
    {
        var toolPath = arguments is ["--tool-path", var directory] ? Path.GetFullPath(directory)
            : arguments is [] ? null
            : throw new StepFailed("install takes no arguments but --tool-path DIR", 3);
        if (!Directory.Exists(Packages) || Directory.GetFiles(Packages, "*.nupkg").Length == 0)
        {
            Pack();
        }

        InstallTo(toolPath);
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var installed = Path.Combine(toolPath ?? Path.Combine(home, ".dotnet", "tools"), Path.GetFileName(Tool));
        Console.WriteLine($"installed {installed}");
        shell.Run(installed, ["--version"]);
        return 0;
    }

    public int Demo(string[] arguments)
    {
        PackAndInstallHere();
        return shell.Try("dotnet", ["run", "build/demo.cs", "--", Tool, .. arguments]);
    }

    public int Format(string[] arguments)
    {
        var check = arguments is ["--check"];
        shell.Run("dotnet", ["format", "MlDeploy.slnx", .. check ? ["--verify-no-changes"] : Array.Empty<string>()]);
        return 0;
    }

    public int Clean()
    {
        if (Directory.Exists(Artifacts))
        {
            Directory.Delete(Artifacts, recursive: true);
        }

        return 0;
    }

    private void BuildSolution() =>
        shell.Run("dotnet", ["build", "MlDeploy.slnx", "-c", "Release", "-v", "quiet", "-nologo"]);

    private void PackAndInstallHere()
    {
        Pack();
        InstallTo(Path.GetDirectoryName(Tool)!);
    }

    /// <param name="toolPath">Null: the user's global tools.</param>
    private void InstallTo(string? toolPath)
    {
        // The version stays the same between two builds, and an update to the same version changes nothing: remove it first.
        string[] where = toolPath is null ? ["--global"] : ["--tool-path", toolPath];
        shell.Try("dotnet", ["tool", "uninstall", "mldeploy", .. where], quiet: true);
        shell.Run("dotnet", ["tool", "install", "mldeploy", .. where, "--source", Packages, "--no-http-cache", "-v", "quiet"]);
    }

    /// <returns>Not 0 when a goal was missed; every benchmark runs all the same.</returns>
    private int RunBenchmarks(params string[] names)
    {
        if (ci)
        {
            InstallPeers("haproxy", "nginx");
        }

        Directory.CreateDirectory(Measurements);
        var code = 0;
        if (names is not ["cold-start"])
        {
            var environment = TestEnvironment();
            environment["MLDEPLOY_MEASUREMENTS"] = Path.Combine(Measurements, "20-bench.md");
            File.Delete(environment["MLDEPLOY_MEASUREMENTS"]);
            code = shell.Try("dotnet", ["run", "-c", "Release", "--project", "bench/MlDeploy.Bench", "--", .. names is [] ? ["all"] : names], environment: environment);
        }

        if (names is [] or ["cold-start"])
        {
            code = Math.Max(code, shell.Try("dotnet", ["run", "build/cold-start.cs", "--", Tool, Path.Combine(Measurements, "30-cold-start.md")]));
        }

        return code;
    }

    /// <summary>What tests find in the environment: the packed tool, and whether a missing peer is a failure.</summary>
    private Dictionary<string, string> TestEnvironment() => new()
    {
        ["MLDEPLOY_TOOL"] = Tool,
        ["MLDEPLOY_REPOSITORY"] = root,
        ["MLDEPLOY_REQUIRE_PEERS"] = ci ? "1" : "0",
    };

    /// <summary>Programs that benchmarks compare with; only on a CI machine that is ours to change, and never an error.</summary>
    private void InstallPeers(params string[] packages)
    {
        if (Environment.UserName == "root" && File.Exists("/usr/bin/apt-get") && packages.Any(package => !File.Exists($"/usr/sbin/{package}")))
        {
            shell.Try("apt-get", ["install", "-y", "-qq", "--no-install-recommends", .. packages], quiet: true);
        }
    }

    private void WriteMeasurements()
    {
        var sections = Directory.GetFiles(Measurements, "*.md").Order(StringComparer.Ordinal).Select(File.ReadAllText).Select(text => text.Trim()).ToList();
        var text = $"""
            # Measurements

            Written by `./build.sh soak`; every figure below was read on this machine in that run.

            {Machine.Describe(shell)}

            {string.Join("\n\n", sections)}

            """;
        File.WriteAllText(Path.Combine(root, "docs", "measurements.md"), text.ReplaceLineEndings("\n"));
        Console.WriteLine($"wrote docs/measurements.md ({sections.Count} sections)");
    }

    /// <summary>The portable name of this platform: source-built SDKs name their distribution, for which nobody publishes compilers.</summary>
    private static string Platform()
    {
        var identifier = RuntimeInformation.RuntimeIdentifier;
        return identifier.StartsWith("linux", StringComparison.Ordinal) || !OperatingSystem.IsLinux()
            ? identifier
            : $"linux-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    private static void Recreate(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
    }

    internal static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);
}

/// <summary>Every test project, one after another; results are read from the runner's XML report, never from its text.</summary>
internal sealed class TestRun(Shell shell, string root, Dictionary<string, string> environment)
{
    private int passed;
    private int failed;
    private int skipped;

    /// <summary>Not every project has tests of the asked kind; without this a project that ran none is a failure.</summary>
    public bool ZeroIsFine { get; init; }

    public int Run(string[] options)
    {
        var reports = Path.Combine(root, "artifacts", "tests");
        Directory.CreateDirectory(reports);
        var projects = Directory.GetFiles(Path.Combine(root, "tests"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => File.ReadAllText(project).Contains("<IsTestProject>true</IsTestProject>", StringComparison.Ordinal)); // tests/ has applications to deploy, too
        foreach (var project in projects.Order(StringComparer.Ordinal))
        {
            RunProject(Path.GetFileNameWithoutExtension(project), reports, options);
        }

        if (passed + failed == 0)
        {
            Console.WriteLine("no test ran at all: that is a failure");
        }

        Console.Out.Flush();
        Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed > 0 || passed == 0 ? 1 : 0;
    }

    private void RunProject(string name, string reports, string[] options)
    {
        var report = Path.Combine(reports, name + ".xml");
        var program = Path.Combine(root, "artifacts", "bin", name, "release", name + ".dll");
        File.Delete(report);
        Console.WriteLine($"--- {name}");
        var clock = Stopwatch.StartNew();
        var exit = shell.Try("dotnet", [program, "-noLogo", "-xml", report, .. Console.IsOutputRedirected ? ["-noColor"] : Array.Empty<string>(), .. options], environment: environment);
        var counts = File.Exists(report) ? Counts.Read(report) : null;
        if (counts is null)
        {
            Console.WriteLine($"{name}: the run broke off with exit code {exit} and left no report: counted as one failure");
            failed++;
            return;
        }

        var nothing = counts.Passed + counts.Failed == 0 && !ZeroIsFine;
        var unexplained = exit != 0 && counts.Failed == 0 && counts.Passed > 0;
        passed += counts.Passed;
        skipped += counts.Skipped;
        failed += counts.Failed + (nothing || unexplained ? 1 : 0);
        Console.WriteLine($"{name}: {counts.Passed} passed, {counts.Failed} failed, {counts.Skipped} skipped in {Build.Seconds(clock.Elapsed)}"
            + (nothing ? " (a project without tests counts as a failure)" : unexplained ? $" (exit code {exit} without a failing test: counted as one failure)" : ""));
        foreach (var (type, time) in counts.Slowest)
        {
            Console.WriteLine($"  {Build.Seconds(time),8}  {type}");
        }
    }

    private sealed record Counts(int Passed, int Failed, int Skipped, IReadOnlyList<(string Type, TimeSpan Time)> Slowest)
    {
        public static Counts? Read(string report)
        {
            try
            {
                var assemblies = XDocument.Load(report).Root!.Elements("assembly").ToList();
                int Sum(string attribute) => assemblies.Sum(assembly => (int?)assembly.Attribute(attribute) ?? 0);
                var slowest = assemblies.Descendants("test")
                    .GroupBy(test => (string?)test.Attribute("type") ?? "?", StringComparer.Ordinal)
                    .Select(group => (group.Key, Time: TimeSpan.FromSeconds(group.Sum(test => (double?)test.Attribute("time") ?? 0))))
                    .Where(entry => entry.Time > TimeSpan.FromSeconds(1))
                    .OrderByDescending(entry => entry.Time)
                    .Take(5)
                    .ToList();
                return new Counts(Sum("passed"), Sum("failed") + Sum("errors"), Sum("skipped"), slowest);
            }
            catch (System.Xml.XmlException)
            {
                return null; // The runner died while it wrote.
            }
        }
    }
}

/// <summary>The date and machine that figures belong to.</summary>
internal static class Machine
{
    public static string Describe(Shell shell)
    {
        var gibibytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return $"""
            | | |
            |---|---|
            | date | {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC |
            | commit | {shell.Read("git", ["rev-parse", "--short", "HEAD"]) ?? "unknown"} |
            | processor | {Processor()}, {Environment.ProcessorCount} cores |
            | memory | {gibibytes.ToString("0.0", CultureInfo.InvariantCulture)} GiB |
            | system | {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture} |
            | runtime | {RuntimeInformation.FrameworkDescription} |
            """;
    }

    private static string Processor()
    {
        const string Linux = "/proc/cpuinfo";
        var model = File.Exists(Linux) ? File.ReadLines(Linux).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return model?.Split(':', 2)[1].Trim() ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}

/// <summary>Runs programs in the repository's root.</summary>
internal sealed class Shell(string root)
{
    /// <summary>Runs, and ends the build when the program fails.</summary>
    public void Run(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var exit = Try(program, arguments, environment: environment);
        if (exit != 0)
        {
            throw new StepFailed($"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with exit code {exit}", exit);
        }
    }

    /// <summary>Runs and gives the exit code.</summary>
    /// <param name="quiet">True: what the program prints is thrown away.</param>
    public int Try(string program, IReadOnlyList<string> arguments, bool quiet = false, IReadOnlyDictionary<string, string>? environment = null)
    {
        Console.Out.Flush();
        using var process = Start(program, arguments, capture: quiet, environment);
        if (quiet)
        {
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Standard output, or null when the program fails.</summary>
    public string? Read(string program, IReadOnlyList<string> arguments)
    {
        using var process = Start(program, arguments, capture: true, environment: null);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : null;
    }

    private Process Start(string program, IReadOnlyList<string> arguments, bool capture, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = root,
            RedirectStandardOutput = capture,
            RedirectStandardError = capture,
        };

        // An installed tool finds the runtime through DOTNET_ROOT when the SDK is not in the system's usual place.
        start.Environment.TryAdd("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new StepFailed($"{program} did not start");
    }
}
