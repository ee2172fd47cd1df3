using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using MlDeploy.Local.Deployments;
using MlDeploy.Local.State;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>
/// A user of the tool on a machine of their own: a state, a home, sources and a port that nobody else has. Ends what it started,
/// and fails the test that left a process behind.
/// </summary>
internal sealed class TestState : IAsyncDisposable
{
    private readonly List<ToolProcess> started = [];

    public TestState()
    {
        var id = Path.GetRandomFileName()[..6];
        Name = $"app-{id}";
        Root = Path.Combine(Path.GetTempPath(), $"ma-{id}"); // Short: a Unix socket's path is limited.
        Folder = Path.Combine(Root, "state");
        Sources = Path.Combine(Root, "sources");
        Directory.CreateDirectory(Sources);
        Directory.CreateDirectory(Path.Combine(Root, "home"));
        Port = FreePort();
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "",
            ["HOME"] = Path.Combine(Root, "home"),
            ["DOTNET_ROOT"] = TheTool.DotnetRoot,
            ["MLDEPLOY_STATE"] = Folder,
        };
    }

    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>The application's name.</summary>
    public string Name { get; }

    public string Root { get; }

    /// <summary>MLDEPLOY_STATE.</summary>
    public string Folder { get; set; }

    /// <summary>Where mlapp.yaml lies: the working directory of the tool.</summary>
    public string Sources { get; }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>The whole environment of the tool.</summary>
    public Dictionary<string, string> Environment { get; }

    public StatePaths Paths => new(Folder);

    public ApplicationPaths Application => Paths.Application(Name);

    public GivenApplication Given => new() { Name = Name, Port = Port };

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Write(GivenApplication application) => File.WriteAllText(Path.Combine(Sources, "mlapp.yaml"), application.Yaml);

    public ToolProcess Start(params string[] arguments)
    {
        var process = ToolProcess.Start(Environment, Sources, arguments);
        started.Add(process);
        return process;
    }

    public Task<ToolResult> RunAsync(params string[] arguments) => Start(arguments).ResultAsync();

    public ToolProcess StartDeploy(GivenApplication application)
    {
        Write(application);
        return Start("deploy");
    }

    public Task<ToolResult> DeployAsync(GivenApplication application) => StartDeploy(application).ResultAsync();

    /// <summary>What `status -o json` says of the application.</summary>
    public async Task<ApplicationState> StatusAsync()
    {
        var result = (await RunAsync("status", "--app", Name, "-o", "json")).ExitsWith(0);
        return ApplicationState.Read(result.Json.GetProperty("applications")[0]);
    }

    public async Task<JsonElement> HostAsync() => (await RunAsync("host", "status", "-o", "json")).ExitsWith(0).Json;

    public async Task<(int Host, int Watcher)> HostProcessesAsync()
    {
        var host = (await HostAsync()).GetProperty("host");
        return (host.GetProperty("processId").GetInt32(), host.GetProperty("watcherProcessId").GetInt32());
    }

    /// <summary>The version that answers one request to the gateway.</summary>
    public async Task<string> AnswersAsync()
    {
        using var http = new HttpClient();
        using var reply = await http.PostAsJsonAsync(new Uri(Url, "/predict"), new { value = 1 });
        reply.EnsureSuccessStatusCode();
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetString()!;
    }

    public ImmutableArray<(int Number, string Outcome, int? Exit)> History() =>
        [.. DeploymentHistory.Of(Application, TimeProvider.System).Select(entry => (entry.Number, entry.Phase, (int?)entry.ExitCode))];

    public async ValueTask DisposeAsync()
    {
        foreach (var process in started)
        {
            process.Dispose();
        }

        try
        {
            if (Processes.Of(Folder, Name).Count > 0)
            {
                (await RunAsync("host", "stop")).ExitsWith(0);
                await Until.TrueAsync(() => Processes.Of(Folder, Name).Count == 0, "every process of the test has ended");
            }
        }
        finally
        {
            var left = Processes.Of(Folder, Name);
            foreach (var (pid, _) in left)
            {
                Kill(pid);
            }

            if (left.Count == 0)
            {
                Directory.Delete(Root, recursive: true);
            }

            Assert.True(left.Count == 0, $"left behind: {string.Join("; ", left.Select(process => string.Create(CultureInfo.InvariantCulture, $"{process.Pid} {process.CommandLine}")))}; state kept in {Root}");
        }
    }

    public static void Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}

/// <summary>What `status` says.</summary>
internal sealed record ApplicationState(ImmutableArray<VersionState> Versions, string? Phase, int? Deployment)
{
    public VersionState? Stable => Versions.SingleOrDefault(version => version.Role == "stable");

    public VersionState? Candidate => Versions.SingleOrDefault(version => version.Role == "candidate");

    public static ApplicationState Read(JsonElement json) => new(
        [.. json.GetProperty("versions").EnumerateArray().Select(VersionState.Read)],
        json.TryGetProperty("deployment", out var deployment) ? deployment.GetProperty("phase").GetString() : null,
        json.TryGetProperty("deployment", out var number) ? number.GetProperty("number").GetInt32() : null);

    /// <summary>One version serves everything and nothing is under way.</summary>
    public void ServesOnly(string label)
    {
        Assert.Null(Phase);
        Assert.Null(Candidate);
        Assert.Equal(label, Stable?.Label);
        Assert.Equal(1, Stable?.Weight);
        Assert.Equal("healthy", Stable?.Health);
    }
}

internal sealed record VersionState(string Id, string Label, string Role, double Weight, string Health, int? ProcessId, int? Port)
{
    public static VersionState Read(JsonElement json) => new(
        json.GetProperty("id").GetString()!,
        json.GetProperty("label").GetString()!,
        json.GetProperty("role").GetString()!,
        json.GetProperty("weight").GetDouble(),
        json.GetProperty("health").GetString()!,
        json.TryGetProperty("processId", out var pid) ? pid.GetInt32() : null,
        json.TryGetProperty("port", out var port) ? port.GetInt32() : null);
}
