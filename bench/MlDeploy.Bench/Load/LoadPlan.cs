using System.Net;
using System.Text;
using MlDeploy.Core.Analysis.Measuring;

namespace MlDeploy.Bench.Load;

/// <param name="Rate">Requests per second over all connections, sent when due whatever became of earlier ones (open loop); 0: each as soon as the one before is answered (closed loop).</param>
/// <param name="Settle">Sent like the rest, but timed by nobody: a fresh process compiles its generator meanwhile, which is no latency of the server's.</param>
/// <param name="Bodies">What is posted, in turn.</param>
internal sealed record LoadPlan(IPEndPoint Target, int Connections, int Rate, TimeSpan For, TimeSpan Settle, byte[][] Bodies)
{
    /// <summary>98 bytes of JSON.</summary>
    public static byte[] SmallOrder => """{"order_value":182.5,"time_to_order":41.2,"items":3,"hour":21,"returning":true,"country":"de"    }"""u8.ToArray();

    /// <summary>The bodies as whole requests.</summary>
    public byte[][] Requests() =>
    [
        .. Bodies.Select(body => (byte[])
        [
            .. Encoding.ASCII.GetBytes(
                "POST /predict HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench\r\nAccept: application/json\r\n"
                + $"Content-Type: application/json\r\nX-User-Id: user-4711\r\nContent-Length: {body.Length}\r\n\r\n"),
            .. body,
        ]),
    ];
}

/// <param name="Latency">Open loop: from when a request arrived at its connection, so that a stall is counted in every request it held up (no coordinated omission).</param>
internal sealed record LoadResult(long Sent, long Failed, LatencyHistogram Latency, TimeSpan Elapsed);
