using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MlDeploy.AwsTwin.Front;

/// <summary>
/// moto_server on a free loopback port, as a child of a shell that ends it when our end of its standard input closes:
/// so it goes with us however we go, SIGKILL included. (PR_SET_PDEATHSIG would be tied to one of our pool's threads.)
/// </summary>
internal sealed class MotoProcess : IAsyncDisposable
{
    private const string Watchdog = """
        "$@" >/dev/null 2>"$TWIN_MOTO_LOG" &
        moto=$!
        read -r _
        kill -KILL "$moto" 2>/dev/null
        wait "$moto" 2>/dev/null
        """;

    private readonly Process watchdog;

    private MotoProcess(Process watchdog, Uri address) => (this.watchdog, Address) = (watchdog, address);

    public Uri Address { get; }

    /// <exception cref="InvalidOperationException">When moto_server is not installed or does not answer within 60 s.</exception>
    public static async Task<MotoProcess> StartAsync(string command, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var log = Path.GetTempFileName();
            var start = new ProcessStartInfo("/bin/sh", ["-c", Watchdog, "moto-watchdog", command, "-H", "127.0.0.1", "-p", $"{port}"])
            {
                RedirectStandardInput = true,
                UseShellExecute = false,
            };
            start.Environment["TWIN_MOTO_LOG"] = log;
            start.Environment["MOTO_ECS_NEW_ARN"] = "true";
            start.Environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true";
            // moto calls itself when it needs another service; a proxy or an endpoint override must not stand between.
            start.Environment.Remove("AWS_ENDPOINT_URL");
            var process = Process.Start(start)!;
            var moto = new MotoProcess(process, new Uri($"http://127.0.0.1:{port}"));
            try
            {
                if (await moto.AnswersAsync(log, cancel))
                {
                    return moto;
                }
            }
            catch
            {
                await moto.DisposeAsync();
                throw;
            }
            finally
            {
                File.Delete(log);
            }

            await moto.DisposeAsync();
            if (attempt == 3)
            {
                throw new InvalidOperationException($"{command} did not answer on a loopback port within 60 s");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        watchdog.StandardInput.Close();
        await watchdog.WaitForExitAsync();
        watchdog.Dispose();
    }

    private async Task<bool> AnswersAsync(string log, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        var deadline = Stopwatch.StartNew();
        while (deadline.Elapsed < TimeSpan.FromSeconds(60))
        {
            try
            {
                using var reply = await http.GetAsync(new Uri(Address, "/moto-api/seed?a=1"), cancel);
                return true;
            }
            catch (HttpRequestException refused)
            {
                var said = await File.ReadAllTextAsync(log, cancel);
                if (said.Contains("not found", StringComparison.Ordinal) || said.Contains("No such file", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException($"moto_server cannot be run: {said.Trim()}. Install it with: pip install 'moto[server]==5.2.1'", refused);
                }

                if (said.Contains("in use", StringComparison.Ordinal))
                {
                    return false;
                }

                await Task.Delay(50, cancel);
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
