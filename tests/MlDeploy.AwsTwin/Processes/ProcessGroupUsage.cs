using System.Globalization;

namespace MlDeploy.AwsTwin.Processes;

/// <summary>CPU time and resident memory of all processes of a group, summed from /proc; nothing elsewhere than on Linux.</summary>
/// <param name="CpuSeconds">User and system time since the processes started.</param>
/// <param name="MemoryBytes">Resident set.</param>
internal readonly record struct Usage(double CpuSeconds, long MemoryBytes);

internal static class ProcessGroupUsage
{
    /// <summary>USER_HZ, which is 100 on every Linux .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>One pass over /proc for all groups, since each costs a read per process.</summary>
    public static IReadOnlyDictionary<int, Usage> ByGroup()
    {
        var groups = new Dictionary<int, Usage>();
        if (!OperatingSystem.IsLinux())
            return groups;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
                continue;
            try
            {
                // Fields as in proc(5), counted behind the closing parenthesis of the name: 0 state, 2 pgrp, 11 utime, 12 stime, 21 rss.
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var group = int.Parse(fields[2], CultureInfo.InvariantCulture);
                var used = groups.GetValueOrDefault(group);
                groups[group] = new Usage(
                    used.CpuSeconds + ((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond),
                    used.MemoryBytes + (long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or IndexOutOfRangeException)
            {
                // It ended between the listing and the read.
            }
        }

        return groups;
    }
}
