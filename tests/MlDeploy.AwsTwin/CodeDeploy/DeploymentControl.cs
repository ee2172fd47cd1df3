namespace MlDeploy.AwsTwin.CodeDeploy;

/// <summary>Why a deployment ends before its end.</summary>
/// <param name="Status">Stopped or Failed.</param>
internal sealed record Interruption(string Status, DeploymentError Error, bool RollsBack);

/// <summary>What calls and alarms may do to a running deployment: stop it, or end one of its two waits.</summary>
internal sealed class DeploymentControl(CancellationToken ending) : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(ending);
    private TaskCompletionSource? waiting;
    private string? waitingFor;
    private bool isClosed;

    /// <summary>Cancelled once interrupted. For waits only: a call under way is always finished.</summary>
    public CancellationToken Stopping => stopping.Token;

    public Interruption? Interruption { get; private set; }

    /// <summary>The first counts.</summary>
    /// <returns>False when the deployment can no longer be stopped; whether it was in a wait, so that it stops at once.</returns>
    public (bool Accepted, bool AtOnce) Interrupt(Interruption why)
    {
        bool atOnce;
        lock (gate)
        {
            if (isClosed)
            {
                return (false, false);
            }

            Interruption ??= why;
            atOnce = waitingFor is not null;
        }

        stopping.Cancel();
        return (true, atOnce);
    }

    /// <returns>False when that wait is not under way.</returns>
    public bool Continue(string wait)
    {
        lock (gate)
        {
            return waitingFor == wait && waiting!.TrySetResult();
        }
    }

    /// <summary>Waits until told to continue or the time is up.</summary>
    /// <param name="wait">READY_WAIT, TERMINATION_WAIT, or a name of one's own for a wait that nobody can end.</param>
    /// <returns>Whether somebody said to continue.</returns>
    public async Task<bool> WaitAsync(string wait, TimeSpan time, TimeProvider clock)
    {
        Task said;
        lock (gate)
        {
            (waitingFor, waiting) = (wait, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            said = waiting.Task;
        }

        try
        {
            await said.WaitAsync(time, clock, Stopping);
            return true;
        }
        catch (TimeoutException)
        {
            Stopping.ThrowIfCancellationRequested();
            return said.IsCompleted;
        }
        finally
        {
            lock (gate)
            {
                waitingFor = null;
            }
        }
    }

    /// <summary>From here on nothing stops it.</summary>
    /// <exception cref="OperationCanceledException">It has been stopped already.</exception>
    public void Close()
    {
        lock (gate)
        {
            Stopping.ThrowIfCancellationRequested();
            isClosed = true;
        }
    }

    public void Dispose() => stopping.Dispose();
}
