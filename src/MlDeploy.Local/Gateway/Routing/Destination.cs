namespace MlDeploy.Local.Gateway.Routing;

/// <summary>One instance's address and how many requests it has under way. Lock-free; two interlocked additions per request.</summary>
internal sealed class Destination(string prefix)
{
    private long admitted;
    private long left;
    private TaskCompletionSource? idle;

    /// <summary><c>http://127.0.0.1:port</c>, without a slash at the end.</summary>
    public string Prefix { get; } = prefix;

    public long Admitted => Interlocked.Read(ref admitted);

    /// <summary>Left is read first: both only grow and left never passes admitted, so 0 means that nothing was under way then.</summary>
    public long InFlight
    {
        get
        {
            var gone = Interlocked.Read(ref left);
            return Interlocked.Read(ref admitted) - gone;
        }
    }

    public static string PrefixOf(Uri address) => address.GetLeftPart(UriPartial.Authority);

    /// <summary>A full fence: who reads the routes after this sees what was in force when the request was counted.</summary>
    public void Enter() => Interlocked.Increment(ref admitted);

    public void Leave()
    {
        Interlocked.Increment(ref left);
        if (Volatile.Read(ref idle) is { } waiting)
        {
            CompleteIfIdle(waiting);
        }
    }

    /// <summary>Done once nothing is under way; meaningful after the routes no longer name this destination.</summary>
    public Task WhenIdle()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Interlocked.CompareExchange(ref idle, mine, null) ?? mine;
        CompleteIfIdle(waiting);
        return waiting.Task;
    }

    private void CompleteIfIdle(TaskCompletionSource waiting)
    {
        if (InFlight == 0 && Interlocked.CompareExchange(ref idle, null, waiting) == waiting)
        {
            waiting.SetResult();
        }
    }
}
