using MlDeploy.Local.Applications;
using MlDeploy.Local.Processes;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Hosting;

/// <summary>Versions outlive their host. Where it died and nobody started it again, they are still there for the next one.</summary>
public static class LeftBehind
{
    /// <returns>False also where processes cannot be told apart: outside Linux.</returns>
    public static bool AnyVersion(StatePaths state, TimeProvider clock)
    {
        var running = new ProcessTable(clock).Instances().Keys;
        return state.Applications().Select(state.Application).Any(application => running.Any(cookie => InstanceRecords.IsOf(application, cookie)));
    }
}
