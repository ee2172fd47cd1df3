namespace MlDeploy.Local.Processes;

/// <summary>
/// Notices the end of another process, such as the one that watches over this one. By its identity and not by a pipe:
/// every child we start would hold the pipe open too.
/// </summary>
public static class ParentWatch
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns when that process has ended, at most 200 ms later; throws only when cancelled.</summary>
    public static async Task WaitForEndAsync(ProcessIdentity parent, TimeProvider time, CancellationToken cancel = default)
    {
        while (parent.IsAlive())
            await Task.Delay(Look, time, cancel);
    }
}
