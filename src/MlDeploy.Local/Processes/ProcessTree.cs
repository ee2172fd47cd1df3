using System.Collections.Immutable;

namespace MlDeploy.Local.Processes;

/// <summary>
/// All processes of one instance: those that carry its cookie, their descendants even when these cleared their environment, and
/// whatever was one of them when last seen. On macOS and Windows only the process that was started is known;
/// what is below it is found by .NET when it is killed.
/// </summary>
public sealed class ProcessTree(string cookie, ProcessTable table, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private ImmutableHashSet<ProcessIdentity> known = [];

    public string Cookie => cookie;

    /// <summary>Tells the tree of a process that was started or adopted for the instance.</summary>
    public void Remember(ProcessIdentity identity)
    {
        lock (gate)
            known = known.Add(identity);
    }

    /// <summary>Processes that run, parents before their children's start; zombies have ended.</summary>
    /// <param name="maxAge">How old the list may be; a process that started since is missing from it.</param>
    public ImmutableArray<ProcessIdentity> Members(TimeSpan maxAge)
    {
        if (OperatingSystem.IsLinux())
            return [.. Entries(maxAge).Where(entry => !entry.Stat.HasEnded).Select(entry => ProcessIdentity.From(entry.Stat))];

        lock (gate)
        {
            known = [.. known.Where(identity => identity.IsAlive())];
            return [.. known];
        }
    }

    /// <summary>Asks every process to end (SIGTERM), waits, and ends what is left (SIGKILL), also what is started meanwhile.</summary>
    /// <param name="grace">How long they may take; zero kills at once.</param>
    /// <returns>What could not be ended (stuck in the kernel); empty as a rule.</returns>
    public async Task<ImmutableArray<ProcessIdentity>> StopAsync(TimeSpan grace, CancellationToken cancel = default)
    {
        var asked = new HashSet<ProcessIdentity>();
        for (var since = time.GetTimestamp(); grace > TimeSpan.Zero && time.GetElapsedTime(since) < grace;)
        {
            var members = Members(TimeSpan.Zero);
            if (members.IsEmpty)
                return [];
            foreach (var member in members.Where(asked.Add))
                Signals.Send(member, Signals.Terminate);
            await Task.Delay(Look, time, cancel);
        }

        return await KillAsync(cancel);
    }

    private async Task<ImmutableArray<ProcessIdentity>> KillAsync(CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            var members = Members(TimeSpan.Zero);
            if (members.IsEmpty || time.GetElapsedTime(since) >= KillPatience)
                return members;
            foreach (var member in members)
            {
                if (OperatingSystem.IsLinux())
                    Signals.Send(member, Signals.Kill);
                else
                    Signals.KillTree(member);
            }

            await Task.Delay(Look, time, cancel);
        }
    }

    /// <summary>Zombies included: their CPU time counts until they are reaped.</summary>
    internal ImmutableArray<ProcessEntry> Entries(TimeSpan maxAge)
    {
        var all = table.Read(maxAge);
        lock (gate)
        {
            var members = new Dictionary<int, ProcessEntry>();
            foreach (var entry in all.Values)
            {
                if (entry.Cookie == cookie || known.Contains(ProcessIdentity.From(entry.Stat)))
                    members.Add(entry.Stat.Pid, entry);
            }

            if (members.Count > 0)
                AddDescendants(all, members);
            var found = members.Values.OrderBy(entry => entry.Stat.Start).ThenBy(entry => entry.Stat.Pid).ToImmutableArray();
            // A process remembered a moment ago may be younger than the list.
            known = [.. found.Select(entry => ProcessIdentity.From(entry.Stat)), .. known.Where(identity => !all.ContainsKey(identity.Pid) && identity.IsAlive())];
            return found;
        }
    }

    private static void AddDescendants(System.Collections.Frozen.FrozenDictionary<int, ProcessEntry> all, Dictionary<int, ProcessEntry> members)
    {
        for (var grown = true; grown;)
        {
            grown = false;
            foreach (var entry in all.Values)
            {
                // A child with another cookie is another instance's: an application may itself use mldeploy.
                if (entry.Cookie is null && members.ContainsKey(entry.Stat.Parent))
                    grown |= members.TryAdd(entry.Stat.Pid, entry);
            }
        }
    }
}
