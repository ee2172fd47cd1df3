namespace MlDeploy.Aws.Images.Push;

/// <summary>Ends a request in which nothing moves any more; one that moves may take as long as it takes.</summary>
internal sealed class ActivityWatch : IDisposable
{
    private readonly CancellationTokenSource stalled;
    private readonly CancellationTokenSource either;
    private readonly TimeSpan limit;

    public ActivityWatch(TimeProvider clock, TimeSpan limit, CancellationToken cancel)
    {
        this.limit = limit;
        stalled = new CancellationTokenSource(limit, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(stalled.Token, cancel);
    }

    public CancellationToken Token => either.Token;

    /// <summary>Something moved.</summary>
    public void Moved() => stalled.CancelAfter(limit);

    public void Dispose()
    {
        either.Dispose();
        stalled.Dispose();
    }
}
