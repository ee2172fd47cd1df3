using System.Diagnostics;

namespace MlDeploy.Local.Processes;

/// <param name="Cpu">CPU time used by the instance's processes since the sampler was made, plus what those it found had used before. Never falls.</param>
/// <param name="Memory">Resident bytes now; null when nothing runs.</param>
public sealed record ResourceSample(TimeSpan Cpu, long? Memory);

/// <summary>
/// CPU time and memory of an instance. Memory is the sum of resident sizes, so pages that forked workers share count once for each:
/// the proportional size (smaps_rollup) would not, but walks the page tables and costs a thousand times as much.
/// </summary>
public sealed class ResourceSampler(ProcessTree tree)
{
    private readonly Lock gate = new();
    private Dictionary<ProcessIdentity, Account> accounts = [];
    private long ticks;

    /// <param name="maxAge">How old the reading of the processes may be; finding them is the expensive part.</param>
    public ResourceSample Sample(TimeSpan maxAge)
    {
        lock (gate)
            return OperatingSystem.IsLinux() ? SampleLinux(tree.Entries(maxAge)) : SampleElsewhere();
    }

    internal ResourceSample SampleLinux(IReadOnlyCollection<ProcessEntry> entries)
    {
        var now = entries.ToDictionary(entry => ProcessIdentity.From(entry.Stat), entry => new Account(entry.Stat.Own, entry.Stat.Reaped, entry.Stat.Parent));
        var inherited = CreditOfTheVanished(now);
        foreach (var (identity, account) in now)
        {
            var before = accounts.GetValueOrDefault(identity);
            ticks += Math.Max(0, account.Own - (before?.Own ?? 0));
            // What a parent gained by reaping a child was counted already while the child ran.
            ticks += Math.Max(0, account.Reaped - (before?.Reaped ?? 0) - inherited.GetValueOrDefault(identity.Pid));
        }

        accounts = now;
        long? memory = entries.Count == 0 ? null : entries.Sum(entry => entry.Stat.ResidentPages) * Environment.SystemPageSize;
        return new ResourceSample(TimeSpan.FromSeconds(ticks / (double)ProcStat.TicksPerSecond), memory);
    }

    /// <returns>By process id of the nearest ancestor that still runs: ticks counted for descendants that are gone.</returns>
    private Dictionary<int, long> CreditOfTheVanished(Dictionary<ProcessIdentity, Account> now)
    {
        var running = now.Keys.Select(identity => identity.Pid).ToHashSet();
        var gone = accounts.Where(pair => !now.ContainsKey(pair.Key)).GroupBy(pair => pair.Key.Pid).ToDictionary(group => group.Key, group => group.First().Value);
        var credit = new Dictionary<int, long>();
        foreach (var account in gone.Values)
        {
            var parent = account.Parent;
            for (var hops = 0; hops < gone.Count && !running.Contains(parent) && gone.TryGetValue(parent, out var between); hops++)
                parent = between.Parent;
            credit[parent] = credit.GetValueOrDefault(parent) + account.Own + account.Reaped;
        }

        return credit;
    }

    private ResourceSample SampleElsewhere()
    {
        long? memory = null;
        var now = new Dictionary<ProcessIdentity, Account>();
        foreach (var member in tree.Members(TimeSpan.Zero))
        {
            try
            {
                using var process = Process.GetProcessById(member.Pid);
                var own = (long)(process.TotalProcessorTime.TotalSeconds * ProcStat.TicksPerSecond);
                memory = (memory ?? 0) + process.WorkingSet64;
                ticks += Math.Max(0, own - (accounts.GetValueOrDefault(member)?.Own ?? 0));
                now[member] = new Account(own, 0, 0);
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It ended between the list and the look.
            }
        }

        accounts = now;
        return new ResourceSample(TimeSpan.FromSeconds(ticks / (double)ProcStat.TicksPerSecond), memory);
    }

    private sealed record Account(long Own, long Reaped, int Parent);
}
