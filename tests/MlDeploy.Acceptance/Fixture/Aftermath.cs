using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Deployments;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>What must hold after anything was killed, whenever it was.</summary>
internal static class Aftermath
{
    /// <summary>
    /// Waits until nothing is under way, then checks: one version serves everything, and it is the one that the journals say; the journals
    /// replay to what `status` and `history` show; nothing else runs; no file is half written; another deployment works.
    /// </summary>
    public static async Task IsSoundAsync(TestState state, IEnumerable<int> portsSeen)
    {
        ApplicationState? status = null;
        await Until.TrueAsync(
            async () => (status = await state.StatusAsync()) is { Phase: null, Candidate: null, Stable.Health: "healthy" },
            () => $"nothing is under way: {status}");
        var stable = status!.Stable!;
        status.ServesOnly(stable.Label);
        Assert.Equal(StableByJournals(state), stable.Id);
        await GatewayAnswersAsync(state, stable.Label);

        await Until.TrueAsync(() => Processes.OfInstances(state.Name).Count == 1, () => $"only stable runs: {string.Join("; ", Processes.OfInstances(state.Name))}");
        Assert.Equal(stable.ProcessId, Assert.Single(Processes.OfInstances(state.Name)).Pid);
        Assert.All(portsSeen.Where(port => port != stable.Port && port != state.Port), port => Assert.False(IsListening(port), $"port {port} is held"));
        FilesAreWhole(state);

        (await state.DeployAsync(state.Given.Of("next") with { Rollout = Rollouts.AllAtOnce })).ExitsWith(0);
        (await state.StatusAsync()).ServesOnly("next");
    }

    /// <summary>Follows the promotions of every journal, each of which must replay without a discrepancy to what `history` shows.</summary>
    private static string? StableByJournals(TestState state)
    {
        string? stable = null;
        foreach (var (number, outcome, _) in state.History().OrderBy(entry => entry.Number))
        {
            var replayed = DeploymentHistory.Replay(state.Application, number, TimeProvider.System);
            Assert.Empty(replayed.Discrepancies);
            Assert.True(replayed.State!.IsFinal, $"deployment {number} is {replayed.State.Phase}");
            Assert.Equal(replayed.State.Phase switch { Phase.RolledBack => "rolled back", var phase => phase.ToString().ToLowerInvariant() }, outcome);
            Assert.Equal(stable, replayed.Opened!.Stable);
            stable = replayed.State.Phase == Phase.Promoted ? replayed.Opened.Candidate : stable;
        }

        return stable;
    }

    private static async Task GatewayAnswersAsync(TestState state, string label)
    {
        for (var request = 0; request < 20; request++)
        {
            Assert.Equal(label, await state.AnswersAsync());
        }
    }

    private static void FilesAreWhole(TestState state)
    {
        foreach (var file in Directory.EnumerateFiles(state.Folder, "*", SearchOption.AllDirectories))
        {
            Assert.False(file.EndsWith(".new", StringComparison.Ordinal), $"{file} is half written");
            if (file.EndsWith(".json", StringComparison.Ordinal))
            {
                JsonDocument.Parse(File.ReadAllText(file)).Dispose();
            }
        }
    }

    private static bool IsListening(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
