using System.Net;
using MlDeploy.Core.Analysis.Measuring;

namespace MlDeploy.Bench.Load;

/// <param name="Rate">Requests per second over all connections, sent when due whatever became of earlier ones (open loop); 0: each as soon as the one before is answered (closed loop).</param>
/// <param name="Settle">Sent like the rest, but timed by nobody: a fresh process compiles its generator meanwhile, which is no latency of the server's.</param>
internal sealed record LoadPlan(IPEndPoint Target, int Connections, int Rate, TimeSpan For, TimeSpan Settle);

/// <param name="Latency">Open loop: from when a request arrived at its connection, so that a stall is counted in every request it held up (no coordinated omission).</param>
internal sealed record LoadResult(long Sent, long Failed, LatencyHistogram Latency, TimeSpan Elapsed);
