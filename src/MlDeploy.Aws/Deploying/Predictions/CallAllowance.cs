namespace MlDeploy.Aws.Deploying.Predictions;

/// <summary>
/// What reading predictions may add to a deployment's calls. All of a deployment's stay below 25 a minute, of which watching, heartbeats and metrics take 20 at most.
/// </summary>
internal sealed class CallAllowance(int perMinute, TimeProvider clock)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Queue<long> taken = new();

    public bool IsThere
    {
        get
        {
            while (taken.TryPeek(out var first) && clock.GetElapsedTime(first) >= Minute)
            {
                taken.Dequeue();
            }

            return taken.Count < perMinute;
        }
    }

    public void Take(int calls = 1)
    {
        for (var call = 0; call < calls; call++)
        {
            taken.Enqueue(clock.GetTimestamp());
        }
    }
}
