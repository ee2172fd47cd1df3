using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MlDeploy.Bench.Gateway;

/// <summary>A process under test (or beside it): its port, and the CPU time and memory it has used.</summary>
internal sealed class Contestant : IAsyncDisposable
{
    private readonly Process process;

    private Contestant(string name, int port, Process process)
    {
        Name = name;
        Port = port;
        this.process = process;
    }

    public string Name { get; }

    public int Port { get; }

    /// <summary>Of the process and its children (nginx works in one).</summary>
    public TimeSpan Cpu => Family().Aggregate(TimeSpan.Zero, (sum, one) => sum + one.TotalProcessorTime);

    /// <summary>Resident bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>One of this program's own serving verbs.</summary>
    public static Task<Contestant> ServeAsync(string name, string verb, int port, params string[] more) =>
        ServeAsync(name, verb, port, ImmutableSortedDictionary<string, string>.Empty, more);

    /// <param name="environment">Set besides what is inherited.</param>
    public static async Task<Contestant> ServeAsync(string name, string verb, int port, ImmutableSortedDictionary<string, string> environment, params string[] more)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        foreach (var word in new[] { verb, "--port", $"{port}" }.Concat(more))
        {
            start.ArgumentList.Add(word);
        }

        var process = Process.Start(start)!;
        var ready = await process.StandardOutput.ReadLineAsync();
        return ready == "ready"
            ? new Contestant(name, port, process)
            : throw new InvalidOperationException($"{verb} did not start: {ready}");
    }

    /// <summary>A foreign proxy, found by path, with a configuration written for this run.</summary>
    public static async Task<Contestant> StartAsync(string name, int port, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return new Contestant(name, port, process);
            }
            catch (SocketException) when (attempt < 200 && !process.HasExited)
            {
                await Task.Delay(25);
            }
        }
    }

    /// <summary>What a serving verb says about itself, in words.</summary>
    public async Task<string[]> AskAsync()
    {
        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync();
        return (await process.StandardOutput.ReadLineAsync() ?? "").Split(' ');
    }

    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            if (process.StartInfo.RedirectStandardInput)
            {
                process.StandardInput.Close();
            }
            else
            {
                process.Kill(entireProcessTree: true);
            }
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private IEnumerable<Process> Family()
    {
        yield return Refreshed(process);
        var list = $"/proc/{process.Id}/task/{process.Id}/children";
        if (File.Exists(list))
        {
            foreach (var child in File.ReadAllText(list).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                using var one = Process.GetProcessById(int.Parse(child, CultureInfo.InvariantCulture));
                yield return one;
            }
        }
    }

    private static Process Refreshed(Process one)
    {
        one.Refresh();
        return one;
    }
}
