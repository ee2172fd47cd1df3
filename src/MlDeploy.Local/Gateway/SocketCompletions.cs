using System.Collections.Immutable;

namespace MlDeploy.Local.Gateway;

/// <summary>
/// The runtime completes socket operations on the threads that watch the sockets, or hands each to the thread pool. A gateway's
/// request never blocks, so the hand-over only costs: without it a request takes about a third less CPU (`bench -- gateway`).
/// The runtime reads this from the environment alone, before its first socket, so whoever starts a host sets it.
/// What else in a host continues after a socket operation and may block (a flush of the journal) leaves those threads first,
/// by <see cref="ConfigureAwaitOptions.ForceYielding"/>.
/// </summary>
public static class SocketCompletions
{
    private const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static ImmutableSortedDictionary<string, string> Inline(ImmutableSortedDictionary<string, string> environment) => environment.SetItem(Variable, "1");

    /// <summary>In this process, which must not have made a socket yet: for a host that somebody else started, in the foreground.</summary>
    public static void InlineHere(Action<string, string?> setVariable) => setVariable(Variable, "1");
}
