using System.Net;
using System.Net.Sockets;

namespace MlDeploy.Specs.Aws.Images.Fixture;

/// <summary>A wire that breaks: forwards TCP, and cuts a connection once so many bytes went up through it.</summary>
internal sealed class FaultyProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly int target;
    private readonly Queue<long> cuts;
    private long sentUp;

    /// <param name="cutAfter">For each cut to come: after how many bytes of uploads, counted over all connections since the last cut.</param>
    public FaultyProxy(int target, params long[] cutAfter)
    {
        this.target = target;
        cuts = new Queue<long>(cutAfter);
        listener.Start();
        _ = AcceptAsync();
    }

    public string Host => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
    public int CutsLeft => cuts.Count;
    public long BytesUp { get; private set; }

    public void Dispose()
    {
        ending.Cancel();
        listener.Dispose();
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptSocketAsync(ending.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target, ending.Token);
                var down = PumpAsync(server, client, up: false);
                await Task.WhenAny(PumpAsync(client, server, up: true), down);

                // The client sees a reset; what went through arrives at the server, and then there is no more.
                client.LingerState = new LingerOption(true, 0);
                client.Close();
                server.Shutdown(SocketShutdown.Send);
                await Task.WhenAny(down, Task.Delay(2000, ending.Token));
            }
            catch (Exception broken) when (broken is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // As a wire does.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool up)
    {
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await from.ReceiveAsync(buffer, SocketFlags.None, ending.Token)) > 0)
        {
            await to.SendAsync(buffer.AsMemory(0, read), SocketFlags.None, ending.Token);
            if (up && Cut(read))
            {
                return;
            }
        }
    }

    private bool Cut(int count)
    {
        lock (cuts)
        {
            BytesUp += count;
            sentUp += count;
            if (cuts.Count == 0 || sentUp < cuts.Peek())
            {
                return false;
            }

            cuts.Dequeue();
            sentUp = 0;
            return true;
        }
    }
}
