using System.Threading.Channels;

namespace MlDeploy.Core.Rollout;

/// <summary>What people ask of a running rollout: promote, abort, interrupt. Written from any thread, read by the runner alone.</summary>
internal sealed class RolloutRequests
{
    private readonly Channel<RolloutEvent> asked = Channel.CreateUnbounded<RolloutEvent>();

    public void Add(RolloutEvent request) => asked.Writer.TryWrite(request);

    public async Task<RolloutEvent> NextAsync(CancellationToken cancel) => await asked.Reader.ReadAsync(cancel);

    public bool TryNext(out RolloutEvent? request) => asked.Reader.TryRead(out request);
}
