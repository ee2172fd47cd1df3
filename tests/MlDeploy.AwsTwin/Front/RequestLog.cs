namespace MlDeploy.AwsTwin.Front;

/// <param name="At">Twin time.</param>
/// <param name="Caller">`client`, or the part of the twin that called on its behalf.</param>
/// <param name="Took">Real time until the answer was on its way.</param>
/// <param name="Error">The code of an error that the twin made; null for success and for moto's own errors.</param>
internal sealed record LoggedRequest(string Service, string Action, DateTimeOffset At, string Caller, int Status, string? Error, TimeSpan Took);

/// <summary>Every AWS call answered, so that specs can count them.</summary>
internal sealed class RequestLog
{
    private const int Kept = 200_000;
    private readonly Lock gate = new();
    private readonly Queue<LoggedRequest> entries = new();

    public IReadOnlyList<LoggedRequest> Entries
    {
        get
        {
            lock (gate)
            {
                return [.. entries];
            }
        }
    }

    public void Add(LoggedRequest entry)
    {
        lock (gate)
        {
            entries.Enqueue(entry);
            if (entries.Count > Kept)
            {
                entries.Dequeue();
            }
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
        }
    }
}
