using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;

namespace MlDeploy.Local.Processes;

/// <param name="Cookie">Value of <see cref="InstanceCookie.Variable"/>; null when it has none or is not ours to read.</param>
internal readonly record struct ProcessEntry(ProcStat Stat, string? Cookie);

/// <summary>
/// All processes of the machine with their instance cookies, read at most once in a while and shared by all instances of a host:
/// one pass costs the same for one instance as for twenty. Linux only; empty elsewhere.
/// </summary>
public sealed class ProcessTable(TimeProvider time)
{
    // Between fork and exec a child still shows its parent's environment, so "no cookie" is believed only of older processes.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);
    private const int LongestEnvironment = 256 * 1024;

    private readonly Lock gate = new();
    private Dictionary<(int Pid, long Start), (string? Cookie, long Since)> cookies = [];
    private FrozenDictionary<int, ProcessEntry> entries = FrozenDictionary<int, ProcessEntry>.Empty;
    private long? readAt;

    /// <param name="maxAge">How old the answer may be.</param>
    internal FrozenDictionary<int, ProcessEntry> Read(TimeSpan maxAge)
    {
        lock (gate)
        {
            if (readAt is null || time.GetElapsedTime(readAt.Value) > maxAge)
            {
                readAt = time.GetTimestamp();
                entries = Scan(readAt.Value);
            }

            return entries;
        }
    }

    /// <summary>Every running instance by its cookie: how orphans of a killed host are found.</summary>
    public ImmutableDictionary<string, ImmutableArray<ProcessIdentity>> Instances() => Read(TimeSpan.Zero).Values
        .Where(entry => entry.Cookie is not null && !entry.Stat.HasEnded)
        .GroupBy(entry => entry.Cookie!, StringComparer.Ordinal)
        .ToImmutableDictionary(
            group => group.Key,
            group => group.OrderBy(entry => entry.Stat.Start).Select(entry => ProcessIdentity.From(entry.Stat)).ToImmutableArray(),
            StringComparer.Ordinal);

    private FrozenDictionary<int, ProcessEntry> Scan(long now)
    {
        if (!OperatingSystem.IsLinux())
            return FrozenDictionary<int, ProcessEntry>.Empty;

        var found = new Dictionary<int, ProcessEntry>(entries.Count + 16);
        var known = new Dictionary<(int Pid, long Start), (string? Cookie, long Since)>(cookies.Count + 16);
        foreach (var pid in Pids())
        {
            if (ProcStat.Read(pid) is not { } stat)
                continue;
            var key = (pid, stat.Start);
            if (!cookies.TryGetValue(key, out var cookie))
                cookie = (ReadCookie(pid), now);
            else if (cookie.Cookie is null && time.GetElapsedTime(cookie.Since, now) < Settled)
                cookie = cookie with { Cookie = ReadCookie(pid) };
            known[key] = cookie;
            found[pid] = new ProcessEntry(stat, cookie.Cookie);
        }

        cookies = known;
        return found.ToFrozenDictionary();
    }

    private static FileSystemEnumerable<int> Pids() => new(
        "/proc",
        static (ref entry) => int.TryParse(entry.FileName, out var pid) ? pid : 0)
    {
        ShouldIncludePredicate = static (ref entry) => char.IsAsciiDigit(entry.FileName[0]),
    };

    private static string? ReadCookie(int pid)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestEnvironment);
        try
        {
            var length = ProcFile.Read($"/proc/{pid}/environ", buffer.AsSpan(0, LongestEnvironment));
            return length <= 0 ? null : FindCookie(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static string? FindCookie(ReadOnlySpan<byte> environment)
    {
        foreach (var range in environment.Split((byte)0))
        {
            var assignment = environment[range];
            if (assignment.StartsWith(InstanceCookie.Assignment))
                return Encoding.UTF8.GetString(assignment[InstanceCookie.Assignment.Length..]);
        }

        return null;
    }
}
