#:property PublishAot=false

// The demo, as ./build.sh demo runs it: dotnet run build/demo.cs -- TOOL
// A service is deployed, a better model replaces it under live traffic, and four bad versions are tried and rolled back.
// Everything it makes stands in artifacts/demo. It exits 0 only when every step ended as it should.

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

var root = Path.GetFullPath(Path.Combine((string)AppContext.GetData("EntryPointFileDirectoryPath")!, ".."));
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

if (args is not [var tool])
{
    Console.Error.WriteLine("usage: dotnet run build/demo.cs -- TOOL   (./build.sh demo builds the tool and does this)");
    return 3;
}

return await new Demo(root, Path.GetFullPath(tool), stop.Token).Run();

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

/// <param name="Version">The sample's environment to deploy.</param>
/// <param name="ExitCode">How mldeploy must end.</param>
internal sealed record Act(string Version, int ExitCode, string Tells);

internal sealed class Demo(string root, string tool, CancellationToken stop)
{
    private const string Application = "fraud-scoring";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan ToFinish = TimeSpan.FromSeconds(15);

    private static readonly Act First = new("v1", 0, "the first version: nothing to compare it with, so health, tests and absolute limits decide");

    private static readonly Act[] UnderTraffic =
    [
        new("v2", 0, "a retrained, better model: three steps under live traffic, then promoted"),
        new("v3", 4, "throws on orders above a value: to be rolled back by http.errors"),
        new("v4", 4, "right answers, but slow: to be rolled back by latency.p99"),
        new("v5", 4, "leaks memory: to be rolled back by memory.growth"),
        new("v6", 4, "trained on milliseconds, asked in seconds; the service is fine: to be rolled back by model.inputs.drift"),
    ];

    private readonly string folder = Path.Combine(root, "artifacts", "demo");
    private readonly string sample = Path.Combine(root, "samples", Application);
    private readonly int port = FreePort(preferred: 8080);
    private readonly List<(Act Act, int ExitCode, TimeSpan Took)> played = [];

    public async Task<int> Run()
    {
        var clock = Stopwatch.StartNew();
        Process? customers = null;
        try
        {
            await Prepare();
            await Play(First);
            customers = Customers();
            foreach (var act in UnderTraffic)
            {
                await Play(act);
            }

            await Mldeploy("status", "--app", Application);
            await Mldeploy("history", "--app", Application);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Console.Error.WriteLine("interrupted: stopping the host and its versions");
        }
        finally
        {
            await End(customers);
            await Run(tool, ["host", "stop"], CancellationToken.None);
        }

        return Tell(clock.Elapsed);
    }

    private async Task Prepare()
    {
        if (Directory.Exists(folder))
        {
            await Run(tool, ["host", "stop"], stop); // Of a demo that was killed.
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(State);
        if (await Run("dotnet", ["build", Path.Combine(sample, "traffic.cs"), "-o", Traffic, "-v", "quiet", "-nologo"], stop) != 0)
        {
            throw new InvalidOperationException("the traffic generator does not build");
        }
    }

    private async Task Play(Act act)
    {
        Console.WriteLine();
        Console.WriteLine($"=== {act.Version}: {act.Tells}");
        var clock = Stopwatch.StartNew();
        var exit = await Mldeploy("deploy", "-f", Path.Combine(sample, "mlapp.yaml"), "--env", act.Version, "--set", $"targets.local.listen=127.0.0.1:{port}");
        played.Add((act, exit, clock.Elapsed));
        Console.WriteLine($"=== {act.Version}: exit {exit}, {(exit == act.ExitCode ? "as it should" : $"but {act.ExitCode} was expected")}");
        await Keep($"{act.Version}.md", "report", "--app", Application);
        await Keep($"{act.Version}.json", "report", "--app", Application, "-o", "json");
        await Keep($"{act.Version}.html", "report", "--app", Application, "-o", "html");
    }

    private int Tell(TimeSpan took)
    {
        Console.WriteLine();
        foreach (var (act, exit, time) in played)
        {
            Console.WriteLine($"{act.Version}  exit {exit}  {(exit == act.ExitCode ? "as expected" : "NOT as expected")}  {Seconds(time),7}  {act.Tells}");
        }

        var all = played.Count == UnderTraffic.Length + 1 && played.TrueForAll(entry => entry.ExitCode == entry.Act.ExitCode);
        Console.WriteLine($"the demo took {Seconds(took)}");
        if (took > Limit)
        {
            Console.WriteLine($"that is more than the {Limit.TotalMinutes:0} minutes it may take");
        }

        if (played.Count > 0)
        {
            Console.WriteLine($"reports: {Path.Combine(Path.GetRelativePath(root, folder), "*.html")}; open {Path.Combine(folder, $"{played[^1].Act.Version}.html")} to see why {played[^1].Act.Version} came back");
        }

        return stop.IsCancellationRequested ? 130 : all && took <= Limit ? 0 : 1;
    }

    private string State => Path.Combine(folder, "state");
    private string Traffic => Path.Combine(folder, "traffic");

    /// <summary>Runs the tool, its output on ours.</summary>
    private Task<int> Mldeploy(params string[] arguments)
    {
        Console.WriteLine($"$ mldeploy {string.Join(' ', arguments.Select(argument => argument.Replace(root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)))}");
        return Run(tool, arguments, stop);
    }

    /// <summary>Keeps what the tool prints in a file of the demo's folder.</summary>
    private async Task Keep(string file, params string[] arguments)
    {
        using var process = Start(tool, arguments, capture: true);
        var text = await process.StandardOutput.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        await File.WriteAllTextAsync(Path.Combine(folder, file), text, stop);
    }

    private Process Customers()
    {
        Console.WriteLine($"customers arrive at http://127.0.0.1:{port}");
        return Start("dotnet", [Path.Combine(Traffic, "traffic.dll"), "--url", $"http://127.0.0.1:{port}/predict", "--duration", "0"], capture: false, workingDirectory: sample);
    }

    /// <summary>Asks the traffic generator to end, so that it prints its summary.</summary>
    private static async Task End(Process? customers)
    {
        if (customers is null)
        {
            return;
        }

        using (customers)
        {
            if (OperatingSystem.IsWindows())
            {
                customers.Kill();
                return;
            }

            using var ask = Process.Start("kill", ["-TERM", customers.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(ToFinish);
            try
            {
                await customers.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                customers.Kill();
            }
        }
    }

    /// <summary>On a signal the program has a moment to do what it must (the terminal has told it too), then it is killed.</summary>
    private async Task<int> Run(string program, string[] arguments, CancellationToken cancel)
    {
        using var process = Start(program, arguments, capture: false);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            using var patience = new CancellationTokenSource(ToFinish);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }

            throw;
        }

        return process.ExitCode;
    }

    private Process Start(string program, string[] arguments, bool capture, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = workingDirectory ?? root, RedirectStandardOutput = capture };
        start.Environment["XDG_STATE_HOME"] = State; // A newcomer's own applications are not the demo's business.
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    private static int FreePort(int preferred)
    {
        foreach (var candidate in new[] { preferred, 0 })
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, candidate);
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                Console.WriteLine($"port {candidate} is taken; using another");
            }
        }

        throw new InvalidOperationException("no port is free");
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);
}
